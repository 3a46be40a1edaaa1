package io.caravan.run;

/** A row of {@code claim_runs}: a run to plan or to settle. Its window is two PostgreSQL snapshots in text form. */
public record ClaimedRun(
        String orgId,
        String id,
        String destinationId,
        String mode,
        String windowFrom,
        String windowTo,
        String retryOf,
        int epoch,
        String step)
        implements Lease {

    @Override
    public Work work() {
        return Work.RUN;
    }
}
