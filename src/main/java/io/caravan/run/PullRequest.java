package io.caravan.run;

/**
 * A pull that somebody asks for. Body of {@code direct:on-manual-pull}, which answers the pull's id.
 *
 * @param trigger {@code manual} or {@code retry}
 */
public record PullRequest(String orgId, String connectionId, String trigger) {}
