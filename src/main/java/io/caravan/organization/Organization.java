package io.caravan.organization;

import java.time.Instant;

/** The tenant. Everything else belongs to exactly one, and nothing crosses. */
public record Organization(String id, String name, Instant createdAt) {}
