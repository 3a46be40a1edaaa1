package io.caravan.run;

/** A row of {@code claim_pulls}: a pull to plan or to settle, with what is needed for it. */
public record ClaimedPull(
        String orgId,
        String id,
        String connectionId,
        String sourceId,
        String patientId,
        String fhirBaseUrl,
        String sourceKey,
        String ids,
        int epoch,
        int attempts,
        String step)
        implements Lease {

    @Override
    public Work work() {
        return Work.PULL;
    }
}
