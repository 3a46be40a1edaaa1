package io.caravan.pull;

/**
 * Why a task stopped.
 *
 * @param outcome its next status, {@code pending} where it is tried again after the wait
 * @param sourceWaits whether the source asked to wait, so that its other tasks wait too
 * @param restart whether its query can be walked from page one again; once, then it stays what {@code outcome} says
 */
public record TaskFailure(
        String orgId,
        String id,
        int epoch,
        String outcome,
        long waitMillis,
        boolean sourceWaits,
        boolean restart,
        String code,
        String message) {}
