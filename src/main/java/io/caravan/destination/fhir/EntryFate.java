package io.caravan.destination.fhir;

import io.caravan.destination.fhir.Outcomes.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What became of one entry of a bundle.
 *
 * @param status the HTTP status of the entry, or of the whole answer where that stands for it
 * @param outcome the server's OperationOutcome as JSON, capped; null where it was delivered
 */
public record EntryFate(Kind kind, int status, String outcome) {

    public enum Kind {
        /** It is there. */
        DELIVERED,
        /** Refused for now: sending the same again may help. */
        AGAIN,
        /** Refused because something that it refers to is not there: to be repeated once that is. */
        WAITING,
        /** Refused for what it is. */
        REJECTED;

        /** As it stands in the database: lower case. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the server said, in one line; empty where it said nothing. */
    public String words() {
        return outcome == null
                ? ""
                : Outcomes.of(outcome.getBytes(StandardCharsets.UTF_8)).words();
    }

    static EntryFate delivered(int status) {
        return new EntryFate(Kind.DELIVERED, status, null);
    }

    static EntryFate of(Kind kind, int status, Outcome outcome) {
        return new EntryFate(kind, status, outcome.json());
    }
}
