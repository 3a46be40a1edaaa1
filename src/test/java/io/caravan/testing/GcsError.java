package io.caravan.testing;

import java.util.List;
import java.util.Map;

/** A refusal, worded as Google's JSON API does it. */
final class GcsError extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;
    private String retryAfter;

    GcsError(int status, String reason, String message) {
        super(message);
        this.status = status;
        this.reason = reason;
    }

    /** @param seconds null for nothing */
    GcsError askingToWait(String seconds) {
        retryAfter = seconds;
        return this;
    }

    GcsReply answer() {
        Map<String, Object> one = Map.of("message", getMessage(), "domain", "global", "reason", reason);
        Map<String, Object> error = Map.of("code", status, "message", getMessage(), "errors", List.of(one));
        return new GcsReply(
                status, Map.of("error", error), retryAfter == null ? Map.of() : Map.of("Retry-After", retryAfter));
    }
}
