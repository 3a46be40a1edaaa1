package io.caravan.run;

/** A run whose failed work is to be delivered. Body of {@code direct:on-manual-retry}, which answers the new run's id. */
public record RunRetry(String orgId, String runId) {}
