package io.caravan.run;

/**
 * A row of {@code claim_tasks}: one query of a pull's plan.
 *
 * @param kind {@code read}, {@code search} or {@code references}
 * @param query relative to {@code fhirBaseUrl}
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
        String kind,
        String resourceType,
        String query,
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
