package io.caravan.pull;

/** Why a pull could not be planned, and whether it is tried again after the wait. */
public record PullFailure(
        String orgId, String id, int epoch, boolean again, long waitMillis, String code, String message) {}
