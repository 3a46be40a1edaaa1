package io.caravan.deliver.fhir;

/**
 * Where a record stands among those that are sent: of an item by source and id, of what is repeated by rank and type first.
 */
record SendKey(int rank, String type, String sourceId, String id) {

    /** Before everything. */
    static final SendKey FIRST = new SendKey(0, "", "", "");

    static SendKey of(OutgoingRecord record) {
        return new SendKey(record.rank(), record.type(), record.sourceId(), record.id());
    }
}
