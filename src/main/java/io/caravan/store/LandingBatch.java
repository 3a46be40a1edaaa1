package io.caravan.store;

import java.util.List;
import java.util.Optional;

/**
 * Resources that land together, seen by one connection in one pull.
 *
 * @param patientId the owning patient in landed form; empty for what no patient owns
 */
public record LandingBatch(
        String orgId,
        String sourceId,
        String connectionId,
        String pullId,
        Optional<String> patientId,
        List<CutResource> resources) {

    public LandingBatch {
        resources = List.copyOf(resources);
    }
}
