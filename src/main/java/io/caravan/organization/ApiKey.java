package io.caravan.organization;

import java.time.Instant;

/**
 * What may be known of an API key: never its secret.
 *
 * @param orgId null for an operator's
 * @param revokedAt null while it is valid
 */
public record ApiKey(String id, String orgId, String name, Role role, Instant createdAt, Instant revokedAt) {}
