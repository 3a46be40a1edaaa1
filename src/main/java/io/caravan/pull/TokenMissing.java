package io.caravan.pull;

/**
 * Why a task had no token to ask its source with. It is the same for all tasks of its pull.
 *
 * @param again whether they wait, and are tried again after that; else they end
 */
public record TokenMissing(
        String orgId, String id, int epoch, boolean again, long waitMillis, String code, String message) {}
