package io.caravan.store;

/**
 * A resource of the same source that a record refers to, by the id it has at the source (product.md § 2, step 2).
 *
 * @param type a known R4 resource type
 * @param originalId the id as the source wrote it, never scoped
 */
public record ReferenceTarget(String type, String originalId) {}
