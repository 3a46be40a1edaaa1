package io.caravan.store;

/** A record of one source, by the id that it landed under. */
public record RecordKey(String type, String id) {}
