package io.caravan.deliver;

/**
 * Why an item was not delivered; tried again after the wait while its time lasts.
 *
 * @param pauseMillis how long its destination asked to be left alone; 0 where it did not
 * @param doubts whether it says of the destination that it does not answer as it should for now
 */
public record ItemFailure(
        String orgId,
        String id,
        int epoch,
        boolean again,
        boolean stopsRun,
        long waitMillis,
        long pauseMillis,
        boolean doubts,
        String code,
        String message) {

    ItemFailure tryingAgain() {
        return new ItemFailure(orgId, id, epoch, true, false, waitMillis, pauseMillis, doubts, code, message);
    }
}
