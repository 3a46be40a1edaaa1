package io.caravan.run;

/**
 * A row of {@code claim_tasks}: one query of a pull's plan.
 *
 * @param profile the name of the source's vendor profile
 * @param kind {@code read}, {@code search}, {@code references}, {@code attachment} or {@code vanished}
 * @param phase 0 the patient, 1 searches, 2 references, 3 attachments, 4 what has vanished
 * @param query relative to {@code fhirBaseUrl}
 * @param fullWalk whether a search returns everything there is, not only what has changed
 * @param nextUrl the page to go on with, absolute, as the source sent it; null before the first page
 */
public record ClaimedTask(
        String orgId,
        String id,
        String pullId,
        String connectionId,
        String sourceId,
        String patientId,
        String fhirBaseUrl,
        String sourceKey,
        String ids,
        String profile,
        String kind,
        int phase,
        String resourceType,
        String query,
        boolean fullWalk,
        String nextUrl,
        int pages,
        int attempts,
        int epoch)
        implements Lease {

    @Override
    public Work work() {
        return Work.TASK;
    }

    /** Where the next page is. */
    public String url() {
        return nextUrl != null ? nextUrl : fhirBaseUrl + "/" + query;
    }
}
