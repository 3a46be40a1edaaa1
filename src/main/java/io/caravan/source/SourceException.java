package io.caravan.source;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A source did not give what it was asked for. Says how its task ends ({@code failed}, {@code refused},
 * {@code unsupported}), or that trying again can help.
 */
public class SourceException extends CaravanException {

    /** How a task ends that met this, where trying again cannot help. */
    public enum Outcome {
        FAILED,
        REFUSED,
        UNSUPPORTED
    }

    private final Outcome outcome;
    private final boolean again;
    private final transient Duration retryAfter;
    private final int status;
    private final transient List<String> codes;

    private SourceException(
            ErrorCode code, String message, Outcome outcome, boolean again, Duration retryAfter, int status) {
        this(code, message, outcome, again, retryAfter, status, List.of());
    }

    private SourceException(
            ErrorCode code,
            String message,
            Outcome outcome,
            boolean again,
            Duration retryAfter,
            int status,
            List<String> codes) {
        super(code, message);
        this.outcome = outcome;
        this.again = again;
        this.retryAfter = retryAfter;
        this.status = status;
        this.codes = codes;
    }

    /** Nothing but a change at the source, or in its settings, can help. */
    public static SourceException permanent(ErrorCode code, Outcome outcome, String message) {
        return new SourceException(code, message, outcome, false, null, 0);
    }

    /** The next try may succeed: no answer, too slow, too many requests, an error of the server. */
    public static SourceException passing(ErrorCode code, String message, Duration retryAfter) {
        return new SourceException(code, message, Outcome.FAILED, true, retryAfter, 0);
    }

    /**
     * The source answered with an HTTP status that is not 200.
     *
     * @param codes of the OperationOutcome that came with it
     */
    static SourceException answered(int status, Duration retryAfter, List<String> codes) {
        SourceException e = answered(status, retryAfter);
        return new SourceException(e.code(), e.getMessage(), e.outcome, e.again, e.retryAfter, status, codes);
    }

    /** The source answered with an HTTP status that is not 200, and said no more. */
    static SourceException answered(int status, Duration retryAfter) {
        return switch (status) {
            case 401 ->
                of(
                        status,
                        ErrorCode.SOURCE_UNAUTHORIZED,
                        Outcome.FAILED,
                        "The source answered 401: the access token is missing, wrong or expired. Ask the patient to reconnect.");
            case 403 ->
                of(
                        status,
                        ErrorCode.SOURCE_REFUSED,
                        Outcome.REFUSED,
                        "The source answered 403: this grant does not allow it.");
            case 400 ->
                of(
                        status,
                        ErrorCode.SOURCE_REFUSED,
                        Outcome.FAILED,
                        "The source answered 400: it does not understand the query.");
            case 404, 405, 410, 501 ->
                of(
                        status,
                        ErrorCode.SOURCE_UNSUPPORTED,
                        Outcome.UNSUPPORTED,
                        "The source answered %d: it does not offer this.".formatted(status));
            case 429, 503 -> again(status, ErrorCode.SOURCE_THROTTLED, retryAfter);
            case 408, 425, 500, 502, 504 -> again(status, ErrorCode.SOURCE_ERROR, retryAfter);
            default ->
                status >= 300 && status < 400
                        ? of(
                                status,
                                ErrorCode.NEXT_REFUSED,
                                Outcome.FAILED,
                                "The source answered %d: redirects are not followed. Use the address it redirects to as the source's base URL."
                                        .formatted(status))
                        : of(
                                status,
                                ErrorCode.SOURCE_ERROR,
                                Outcome.FAILED,
                                "The source answered %d.".formatted(status));
        };
    }

    private static SourceException of(int status, ErrorCode code, Outcome outcome, String message) {
        return new SourceException(code, message, outcome, false, null, status);
    }

    private static SourceException again(int status, ErrorCode code, Duration retryAfter) {
        String message = "The source answered %d%s."
                .formatted(status, retryAfter == null ? "" : " and asks to wait " + retryAfter.toSeconds() + " s");
        return new SourceException(code, message, Outcome.FAILED, true, retryAfter, status);
    }

    public Outcome outcome() {
        return outcome;
    }

    /** Whether trying again can help. */
    public boolean again() {
        return again;
    }

    /** How long the source asked to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The HTTP status that the source answered with; 0 where there was no such answer. */
    public int status() {
        return status;
    }

    /** The codes of the OperationOutcome that the source answered with. */
    public List<String> codes() {
        return codes;
    }
}
