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
        return new SourceException(code, message, outcome, false, null, 0, List.of());
    }

    /** The next try may succeed: no answer, too slow, too many requests, an error of the server. */
    public static SourceException passing(ErrorCode code, String message, Duration retryAfter) {
        return new SourceException(code, message, Outcome.FAILED, true, retryAfter, 0, List.of());
    }

    /**
     * The source answered with an HTTP status that is not 200.
     *
     * @param retryAfter how long it asked to wait; null where it did not
     * @param codes of the OperationOutcome that came with it
     */
    static SourceException answered(int status, Duration retryAfter, List<String> codes) {
        StatusMeaning meaning = StatusMeaning.of(status);
        String words = meaning.again() && retryAfter != null
                ? " and asks to wait %d s.".formatted(retryAfter.toSeconds())
                : meaning.words();
        return new SourceException(
                meaning.code(),
                "The source answered " + status + words,
                meaning.outcome(),
                meaning.again(),
                meaning.again() ? retryAfter : null,
                status,
                codes);
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
