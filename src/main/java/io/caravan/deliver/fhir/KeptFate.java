package io.caravan.deliver.fhir;

import io.caravan.destination.fhir.EntryFate;
import io.caravan.destination.fhir.EntryFate.Kind;

/**
 * What becomes of a record, as it is stored.
 *
 * @param state {@code delivered}, {@code superseded}, {@code again}, {@code waiting} or {@code rejected}
 * @param forNow whether sending the same again may help
 * @param status null where it was not sent
 */
record KeptFate(OutgoingRecord record, String state, boolean forNow, Integer status, String words, String outcome) {

    static KeptFate superseded(OutgoingRecord record) {
        return new KeptFate(record, "superseded", false, null, null, null);
    }

    /**
     * A deletion waits for nothing that a later bundle brings, so it is refused for now; what was waiting and is refused
     * for now goes on waiting.
     */
    static KeptFate of(OutgoingRecord record, EntryFate fate, boolean waited) {
        Kind kind = fate.kind() == Kind.WAITING && record.delete() ? Kind.AGAIN : fate.kind();
        boolean forNow = kind == Kind.AGAIN;
        Kind state = forNow && waited ? Kind.WAITING : kind;
        return new KeptFate(record, state.code(), forNow, fate.status(), fate.words(), fate.outcome());
    }

    /** Whether the server had an error with it. */
    boolean error() {
        return forNow && status >= 500;
    }

    boolean is(String other) {
        return state.equals(other);
    }
}
