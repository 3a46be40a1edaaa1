package io.caravan.support.oauth;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/**
 * A token endpoint gave no token. The message is fit for the dashboard; nothing in it was sent or answered, except for
 * the error codes that RFC 6749 § 5.2 names.
 */
public final class OAuthException extends CaravanException {

    /** What kind of failure it was. */
    public enum Reason {
        /** The grant has ended: its refresh token is expired, revoked or used up. Only a new grant helps. */
        INVALID_GRANT(ErrorCode.INVALID_GRANT, false),
        /** The client, or what it asks for, is refused. Only a change of its registration, or of its credentials, helps. */
        REFUSED(ErrorCode.TOKEN_REFUSED, false),
        /** Refused without a reason that a program can read: gateways do this while something behind them is down. */
        UNEXPLAINED(ErrorCode.TOKEN_ERROR, true),
        /** 429, or 503 with Retry-After. */
        THROTTLED(ErrorCode.TOKEN_THROTTLED, true),
        /** An error of the server's own. */
        SERVER_ERROR(ErrorCode.TOKEN_ERROR, true),
        /** A success that holds no token that can be used. */
        NO_TOKEN(ErrorCode.TOKEN_ERROR, true),
        UNREACHABLE(ErrorCode.TOKEN_UNREACHABLE, true),
        TIMEOUT(ErrorCode.TOKEN_TIMEOUT, true);

        private final ErrorCode code;
        private final boolean passing;

        Reason(ErrorCode code, boolean passing) {
            this.code = code;
            this.passing = passing;
        }
    }

    private final Reason reason;
    private final String error;
    private final transient Duration retryAfter;

    private OAuthException(Reason reason, String message, String error, Duration retryAfter) {
        super(reason.code, message);
        this.reason = reason;
        this.error = error;
        this.retryAfter = retryAfter;
    }

    static OAuthException of(Reason reason, String message) {
        return new OAuthException(reason, message, null, null);
    }

    /** The endpoint said why: {@code error} is one of RFC 6749 § 5.2's, or null where it is one of its own. */
    static OAuthException refused(Reason reason, String error, String message) {
        return new OAuthException(reason, message, error, null);
    }

    /** The endpoint failed with a status; {@code retryAfter} null where it did not ask to wait. */
    static OAuthException answered(Reason reason, int status, Duration retryAfter) {
        String wait = retryAfter == null ? "" : " and asks to wait " + retryAfter.toSeconds() + " s";
        return new OAuthException(
                reason, "The token endpoint answered %d%s.".formatted(status, wait), null, retryAfter);
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the next try may succeed with nothing changed. */
    public boolean again() {
        return reason.passing;
    }

    /** The error code that the endpoint gave, where it is one of RFC 6749 § 5.2. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /** How long the endpoint asked to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
