package io.caravan.run;

/** A pull that is to stop. Body of {@code direct:on-pull-cancel}, which answers the pull's id. */
public record PullCancel(String orgId, String pullId) {}
