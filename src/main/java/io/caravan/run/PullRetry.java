package io.caravan.run;

/**
 * A pull whose refused and failed queries are to be repeated. Body of {@code direct:on-pull-retry}, which answers the id
 * of the pull that does it.
 */
public record PullRetry(String orgId, String pullId) {}
