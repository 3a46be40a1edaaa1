package io.caravan.deliver.fhir;

import io.caravan.destination.FhirSettings;
import io.caravan.run.ClaimedItem;

/**
 * A claimed item and the server that it is for.
 *
 * @param client the registry name of the destination's client
 */
public record FhirItem(ClaimedItem claim, FhirSettings server, String client) {

    /** Whether it is of tombstones. */
    boolean deletes() {
        return claim.kind().equals("deleted");
    }

    /** Whether it is of what waits for something that it refers to, of all types. */
    boolean repeats() {
        return claim.kind().equals("repeats");
    }
}
