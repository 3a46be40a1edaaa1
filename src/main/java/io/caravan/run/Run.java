package io.caravan.run;

import java.time.Instant;

/**
 * One export execution, as the API shows it.
 *
 * @param files data files delivered, the manifest not counted
 * @param bytes what these files hold
 * @param dueAt when a queued run starts at the earliest
 * @param items how many units of delivery there are and how many of them ended: the progress
 * @param retryOf the run whose failed work this one carries
 * @param resolvedBy the run that delivered what failed here
 * @param nextTryAt when what failed here is tried again by itself; null where it is not
 * @param retryable whether some failed work is undelivered and a retry would be accepted
 */
public record Run(
        String id,
        String destinationId,
        String trigger,
        String mode,
        String status,
        Patients patients,
        Resources resources,
        Items items,
        int files,
        long bytes,
        Instant queuedAt,
        Instant dueAt,
        Instant startedAt,
        Instant completedAt,
        Failure error,
        String retryOf,
        String resolvedBy,
        Instant nextTryAt,
        boolean retryable) {

    public record Patients(int selected, int delivered, int failed) {}

    public record Resources(long selected, long delivered, long superseded, long failed) {}

    public record Items(int total, int ended, int failed) {}
}
