package io.caravan.deliver.fhir;

import io.caravan.destination.fhir.BundleWriter;
import io.caravan.destination.fhir.SentBundle;
import java.util.List;

/**
 * Records that are sent in one request.
 *
 * @param form how the server is to take them
 * @param ranged whether they are the next ones of the item's range, so that its cursor moves with them
 * @param suspect whether one of them is known to spoil it for the others
 */
record OutgoingBundle(List<OutgoingRecord> records, Form form, boolean ranged, boolean suspect) {

    enum Form {
        BATCH,
        TRANSACTION,
        /** A transaction of records that refer to each other in a circle: none can be taken without the others. */
        CIRCLE
    }

    /** Bytes of an entry beside its resource, as a rule at most. */
    private static final int BESIDES = 256;

    OutgoingBundle {
        records = List.copyOf(records);
    }

    boolean transaction() {
        return form != Form.BATCH;
    }

    /** What the judge of answers is told. */
    SentBundle sent() {
        return new SentBundle(
                transaction(), records.stream().map(OutgoingRecord::entry).toList());
    }

    /** As it goes over the wire, in Latin-1: each resource as it is stored, byte for byte. */
    String text() {
        long expected = contentBytes() + (1L + records.size()) * BESIDES;
        BundleWriter writer = new BundleWriter(transaction(), (int) Math.min(expected, 1 << 30));
        for (OutgoingRecord record : records) {
            if (record.delete()) {
                writer.delete(record.type(), record.id());
            } else {
                writer.put(record.type(), record.id(), record.content());
            }
        }
        return writer.text();
    }

    long contentBytes() {
        return records.stream().mapToLong(record -> record.content().length).sum();
    }

    /** Two bundles in the order of this one, the first with as many records or one more. */
    List<OutgoingBundle> halves(boolean suspects) {
        int middle = (records.size() + 1) / 2;
        return List.of(
                new OutgoingBundle(records.subList(0, middle), form, ranged, suspects),
                new OutgoingBundle(records.subList(middle, records.size()), form, ranged, suspects));
    }

    OutgoingRecord last() {
        return records.get(records.size() - 1);
    }
}
