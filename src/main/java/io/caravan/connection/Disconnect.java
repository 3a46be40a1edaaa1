package io.caravan.connection;

/** A connection that is to end. Body of {@code direct:on-disconnect}, which answers its id. */
public record Disconnect(String orgId, String connectionId) {}
