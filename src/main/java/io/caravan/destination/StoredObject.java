package io.caravan.destination;

/**
 * An object as its store describes it.
 *
 * @param md5 of what the store has, as hex; null where it does not say
 */
public record StoredObject(long bytes, String md5) {}
