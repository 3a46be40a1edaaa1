package io.caravan.api.idempotency;

/**
 * What a POST was answered.
 *
 * @param location null where there was none; so are {@code mediaType} and {@code etag}
 */
record KeptAnswer(int status, String mediaType, String location, String etag, String body) {}
