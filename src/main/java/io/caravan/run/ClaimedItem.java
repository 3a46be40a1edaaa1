package io.caravan.run;

/**
 * A row of {@code claim_items}: one unit of delivery, with its destination's settings as JSON.
 *
 * @param kind {@code file}, {@code archive}, {@code deleted}, {@code manifest}, {@code bundles} or {@code repeats}
 * @param part from 1, of its type; null for a manifest
 * @param largest bytes of its largest record
 */
public record ClaimedItem(
        String orgId,
        String id,
        String runId,
        String destinationId,
        String destinationType,
        int revision,
        String settings,
        String kind,
        String resourceType,
        Integer part,
        String fromSource,
        String fromId,
        String toSource,
        String toId,
        int largest,
        int selected,
        String windowFrom,
        String windowTo,
        int attempts,
        int epoch)
        implements Lease {

    /** Suffix of the route that delivers it: {@code deliver-<form>}. */
    public String form() {
        return destinationType.equals("fhir") ? "bundles" : "object";
    }

    @Override
    public Work work() {
        return Work.ITEM;
    }
}
