package io.caravan.deliver;

/**
 * Where a run's objects lie.
 *
 * @param client the registry name of the destination's client
 * @param leaf suffix of the leaf routes
 */
public record Place(String bucket, String client, String leaf) {}
