package io.caravan.deliver.fhir;

import io.caravan.destination.fhir.SentBundle.Entry;

/**
 * A record on its way.
 *
 * @param itemId whose counts it belongs to
 * @param rank its item's
 * @param delete whether it is a tombstone
 * @param content as it is stored; empty for a tombstone
 * @param superseded it has changed since its window, and is not sent
 */
record OutgoingRecord(
        String itemId,
        int rank,
        String type,
        String sourceId,
        String id,
        boolean delete,
        byte[] content,
        boolean superseded) {

    Entry entry() {
        return new Entry(delete, type, id);
    }

    String name() {
        return type + "/" + id;
    }
}
