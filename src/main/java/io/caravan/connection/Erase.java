package io.caravan.connection;

/** A connection whose patient's data is to be erased. Body of {@code direct:on-erase}, which answers its id. */
public record Erase(String orgId, String connectionId) {}
