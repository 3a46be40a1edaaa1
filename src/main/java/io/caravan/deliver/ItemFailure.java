package io.caravan.deliver;

/** Why an item was not delivered; tried again after the wait while its time lasts. */
public record ItemFailure(
        String orgId,
        String id,
        int epoch,
        boolean again,
        boolean stopsRun,
        long waitMillis,
        String code,
        String message) {

    ItemFailure tryingAgain() {
        return new ItemFailure(orgId, id, epoch, true, false, waitMillis, code, message);
    }
}
