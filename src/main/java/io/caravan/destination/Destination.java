package io.caravan.destination;

import java.time.Instant;
import java.util.List;

/**
 * A place that deliveries go to.
 *
 * @param credentialsSet which credentials are stored, by their names in the API
 * @param credentialsAt since when
 * @param revision raised when settings or credentials change: clients are named by it
 * @param lastExportedAt when the watermark last moved, for people to read; null before the first export
 */
public record Destination(
        String orgId,
        String id,
        String name,
        String type,
        DestinationSettings settings,
        List<String> credentialsSet,
        Instant credentialsAt,
        int revision,
        boolean enabled,
        Instant lastExportedAt,
        Instant createdAt,
        Instant updatedAt) {}
