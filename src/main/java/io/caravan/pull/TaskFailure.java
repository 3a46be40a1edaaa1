package io.caravan.pull;

/** Why a task stopped; {@code outcome} is its next status, {@code pending} where it is tried again after the wait. */
public record TaskFailure(
        String orgId, String id, int epoch, String outcome, long waitMillis, String code, String message) {}
