package io.caravan.run;

/**
 * A pull that somebody asks for. Body of {@code direct:on-manual-pull}, which answers the pull's id.
 *
 * @param trigger {@code manual} or {@code retry}
 * @param fullWalk whether everything is asked for, not only what has changed
 */
public record PullRequest(String orgId, String connectionId, String trigger, boolean fullWalk) {

    /** One that asks only for what has changed, where the source knows that. */
    public PullRequest(String orgId, String connectionId, String trigger) {
        this(orgId, connectionId, trigger, false);
    }
}
