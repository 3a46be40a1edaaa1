package io.caravan.run;

/**
 * A row of {@code claim_pulls}: a pull to plan or to settle, with what is needed for it.
 *
 * @param profile the vendor profile's name as the source's settings have it; {@code auto} finds it from the server
 * @param retryOf the pull whose refused and failed queries this one repeats; null for a whole one
 */
public record ClaimedPull(
        String orgId,
        String id,
        String connectionId,
        String sourceId,
        String patientId,
        String fhirBaseUrl,
        String sourceKey,
        String ids,
        String profile,
        String retryOf,
        int epoch,
        int attempts,
        String step)
        implements Lease {

    @Override
    public Work work() {
        return Work.PULL;
    }
}
