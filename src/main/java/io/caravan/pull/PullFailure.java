package io.caravan.pull;

/**
 * Why a pull could not be planned, and whether it is tried again after the wait.
 *
 * @param counts whether the try counts: there are only so many
 */
public record PullFailure(
        String orgId,
        String id,
        int epoch,
        boolean again,
        boolean counts,
        long waitMillis,
        String code,
        String message) {}
