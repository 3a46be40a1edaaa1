package io.caravan.api;

import io.caravan.destination.Destination;
import io.caravan.destination.DestinationSettings;
import io.caravan.run.Run;
import java.time.Instant;
import java.util.Map;

/**
 * A destination as the API shows it.
 *
 * @param state what its newest run says of it, in one word: see {@link #state}
 * @param credentialsSet which credentials exist, each with the time it was stored; never the credentials
 */
record DestinationView(
        String id,
        String name,
        String type,
        DestinationSettings settings,
        Map<String, Instant> credentialsSet,
        boolean enabled,
        String state,
        Instant lastExportedAt,
        Run latestRun,
        Instant createdAt,
        Instant updatedAt) {

    static DestinationView of(Destination destination, Run latestRun) {
        return new DestinationView(
                destination.id(),
                destination.name(),
                destination.type(),
                destination.settings(),
                ConnectionView.since(destination.credentialsSet(), destination.credentialsAt()),
                destination.enabled(),
                state(destination, latestRun),
                destination.lastExportedAt(),
                latestRun,
                destination.createdAt(),
                destination.updatedAt());
    }

    /** {@code disabled}, {@code idle} (never ran), {@code ok}, or the status of its newest run. */
    private static String state(Destination destination, Run latest) {
        if (!destination.enabled()) {
            return "disabled";
        }
        if (latest == null || latest.status().equals("cancelled")) {
            return "idle";
        }
        return latest.status().equals("succeeded") ? "ok" : latest.status();
    }
}
