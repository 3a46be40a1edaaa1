package io.caravan.destination;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.RetryAfter;
import java.time.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * What the failure of what keeps objects means.
 *
 * @param words what the destination said, or what kept it from saying anything; fit for the dashboard
 * @param again whether trying again can help
 * @param altogether whether the destination refuses everything, not only this object
 * @param askedToWait how long the destination asked to be left alone; zero where it did not
 */
public record Meaning(ErrorCode code, String words, boolean again, boolean altogether, Duration askedToWait) {

    private static final int LONGEST_WORDS = 300;

    Meaning(ErrorCode code, String words, boolean again, boolean altogether) {
        this(code, words, again, altogether, Duration.ZERO);
    }

    /** The same of an answer with these headers; what a refusal for good asks to wait counts for nothing. */
    Meaning with(int status, UnaryOperator<String> header) {
        Duration asked = again ? RetryAfter.of(status, header, Clock.systemUTC()) : null;
        return asked == null ? this : new Meaning(code, words, again, altogether, asked);
    }

    /** An answer with this status, an error code ("" for none) and a message (null for none), as its vendor's rules read it. */
    static Meaning answered(
            ErrorCode code, int status, String error, String message, boolean again, boolean altogether) {
        return new Meaning(code, words("destination", status, error, message), again, altogether);
    }

    /** In a sentence: who answered what, in its own words where it said any. */
    static String words(String who, int status, String error, String message) {
        return "The %s answered %d%s%s.".formatted(who, status, error.isEmpty() ? "" : " " + error, said(message));
    }

    /** No answer came, for this reason. */
    static Meaning unreachable(String why) {
        return new Meaning(
                ErrorCode.DESTINATION_UNREACHABLE,
                "The destination cannot be reached: %s.".formatted(why),
                true,
                false);
    }

    static Meaning late() {
        return new Meaning(ErrorCode.DESTINATION_TIMEOUT, "The destination did not answer in time.", true, false);
    }

    /** On one line, and not endlessly. */
    private static String said(String message) {
        if (message == null || message.isBlank()) {
            return "";
        }
        String line = message.replaceAll("\\s+", " ").replaceAll("\\.+$", "").trim();
        return ": " + (line.length() > LONGEST_WORDS ? line.substring(0, LONGEST_WORDS) + "…" : line);
    }
}
