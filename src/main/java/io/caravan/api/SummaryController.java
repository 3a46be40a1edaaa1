package io.caravan.api;

import io.caravan.api.PullController.PullView;
import io.caravan.connection.Connection;
import io.caravan.connection.ConnectionTrouble;
import io.caravan.connection.Connections;
import io.caravan.destination.Destination;
import io.caravan.destination.Destinations;
import io.caravan.run.Pull;
import io.caravan.run.Pulls;
import io.caravan.run.Run;
import io.caravan.run.Runs;
import io.caravan.support.paging.Paging;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The dashboard's first page in one call. */
@RestController
class SummaryController {

    private static final Paging SOME = new Paging(20, null);
    private static final Set<String> FAILED = Set.of("failed", "partial");

    private final Destinations destinations;
    private final Connections connections;
    private final Pulls pulls;
    private final Runs runs;

    SummaryController(Destinations destinations, Connections connections, Pulls pulls, Runs runs) {
        this.destinations = destinations;
        this.connections = connections;
        this.pulls = pulls;
        this.runs = runs;
    }

    /**
     * @param connections how many there are of each status
     * @param attention what failed and nobody has resolved, destinations first
     */
    record SummaryView(
            List<DestinationView> destinations,
            Map<String, Integer> connections,
            List<PullView> pulls,
            List<Attention> attention) {}

    /**
     * Something a person should look at.
     *
     * @param noun {@code destination}, {@code connection} or {@code pull}, that {@code id} is one of
     * @param name of the destination; of a connection its patient's id at the source; null for a pull
     * @param runId the run that failed; null where none did
     */
    record Attention(
            String noun,
            String id,
            String name,
            String code,
            String message,
            Instant since,
            String runId,
            boolean retryable) {}

    @GetMapping("/api/v1/organizations/{org}/summary")
    SummaryView read(@PathVariable String org) {
        List<DestinationView> shown = destinations(org);
        List<Pull> latest = pulls.list(org, null, null, SOME).data();
        return new SummaryView(
                shown,
                connections.countByStatus(org),
                latest.stream()
                        .map(pull -> new PullView(pull, pulls.exports(org, pull)))
                        .toList(),
                Stream.of(failedDestinations(shown), lostConnections(org), failedPulls(org, latest))
                        .flatMap(attention -> attention)
                        .toList());
    }

    private List<DestinationView> destinations(String org) {
        List<Destination> all = destinations.list(org, Paging.first()).data();
        Map<String, Run> latest =
                runs.latestOf(org, all.stream().map(Destination::id).toList());
        return all.stream()
                .map(destination -> DestinationView.of(destination, latest.get(destination.id())))
                .toList();
    }

    private static Stream<Attention> failedDestinations(List<DestinationView> shown) {
        return shown.stream()
                .filter(destination -> FAILED.contains(destination.state()))
                .map(destination -> {
                    Run run = destination.latestRun();
                    return new Attention(
                            "destination",
                            destination.id(),
                            destination.name(),
                            run.error() == null ? run.status() : run.error().code(),
                            run.error() == null
                                    ? "%d resources were not delivered."
                                            .formatted(run.resources().failed())
                                    : run.error().message(),
                            run.completedAt(),
                            run.id(),
                            run.retryable());
                });
    }

    private static Attention lost(Connection connection) {
        ConnectionTrouble trouble = connection.trouble();
        return new Attention(
                "connection",
                connection.id(),
                connection.patientId(),
                "refresh_failed",
                (trouble == null ? "The source no longer accepts this grant." : trouble.message())
                        + " Ask the patient to reconnect.",
                trouble == null ? connection.updatedAt() : trouble.since(),
                null,
                false);
    }

    private Stream<Attention> lostConnections(String org) {
        return connections.list(org, "refresh_failed", SOME).data().stream().map(SummaryController::lost);
    }

    /** Failed pulls that are still the newest of their connection, where that can be pulled again. */
    private Stream<Attention> failedPulls(String org, List<Pull> latest) {
        Map<String, Pull> newest = pulls.latestOf(
                org, latest.stream().map(Pull::connectionId).distinct().toList());
        return newest.values().stream()
                .filter(pull -> FAILED.contains(pull.status()))
                .filter(pull -> !connections.get(org, pull.connectionId()).disconnected())
                .map(pull -> new Attention(
                        "pull",
                        pull.id(),
                        null,
                        pull.error() == null ? pull.status() : pull.error().code(),
                        pull.error() == null
                                ? "%d of %d queries were refused or failed."
                                        .formatted(
                                                pull.tasks().refused()
                                                        + pull.tasks().failed(),
                                                pull.tasks().total())
                                : pull.error().message(),
                        pull.completedAt(),
                        null,
                        true));
    }
}
