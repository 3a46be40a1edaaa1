package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at work: after a restart on the same data directory it goes on by itself, and nothing is lost or twice. */
class KilledIT {

    private static final int SAMPLE = 8_392;

    @TempDir
    Path dataDir;

    @Test
    void a_pull_that_is_killed_between_pages_goes_on_at_the_page_it_had_reached() {
        try (SourceSimulator source = SourceSimulator.synthea();
                S3Server s3 = S3Server.start()) {
            s3.createBucket("lake");
            List<String> pulls;
            FaultHandle stalled = source.fail(r -> r.isSearch("Observation") && r.isNextPage())
                    .with(Fault.stall());
            CaravanProcess first = CaravanProcess.start(dataDir, "--caravan.pull.page-size=25");
            try {
                pulls = connectEverybody(first.driver(), source);
                Awaitility.await("pages of Observation under way")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stalled.held() >= 2);
            } finally {
                first.kill();
            }
            Set<String> landedBefore = answered(source);
            source.clearFaults();
            source.release();
            source.forgetRequests();

            try (CaravanProcess second = CaravanProcess.start(dataDir, "--caravan.pull.page-size=25")) {
                CaravanDriver caravan = second.driver();
                pulls.forEach(pull -> assertThat(
                                caravan.awaitPull(pull).path("status").asText())
                        .isEqualTo("completed"));
                String destination = deliver(caravan, s3);
                caravan.awaitRuns(destination, 1);

                assertThat(everythingIn(s3)).hasSize(SAMPLE);
            }
            Set<String> again = new HashSet<>(answered(source));
            again.retainAll(landedBefore);
            assertThat(landedBefore).hasSizeGreaterThan(20);
            // What was on the wire when it died may be asked for again, and a pull that was not planned yet reads
            // metadata.
            assertThat(again.stream().filter(url -> !url.contains("/metadata")).toList())
                    .hasSizeLessThanOrEqualTo(8);
        }
    }

    @Test
    void an_export_that_is_killed_while_an_item_is_running_finishes_with_nothing_missing_and_nothing_twice() {
        try (SourceSimulator source = SourceSimulator.synthea();
                S3Server s3 = S3Server.start()) {
            s3.createBucket("lake");
            String destination;
            String run;
            CaravanProcess first = CaravanProcess.start(dataDir);
            try {
                CaravanDriver caravan = first.driver();
                connectEverybody(caravan, source).forEach(caravan::awaitPull);
                destination = caravan.newDestination(caravan.bucket("Lake", s3, "lake", "killed"))
                        .ok()
                        .path("id")
                        .asText();
                run = caravan.runs(destination).get(0).path("id").asText();
                Awaitility.await("some objects delivered")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> s3.keys("lake", "killed/run_").size() >= 3);
                s3.hold();
                Awaitility.await("an upload under way")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> s3.held() > 0);
                assertThat(caravan.items(run))
                        .extracting(i -> i.path("status").asText())
                        .contains("running", "delivered");
            } finally {
                first.kill();
            }
            s3.release();
            Set<String> deliveredBefore = new TreeSet<>(s3.keys("lake", "killed/run_"));
            s3.forgetRequests();

            try (CaravanProcess second = CaravanProcess.start(dataDir)) {
                CaravanDriver caravan = second.driver();
                JsonNode ended = caravan.awaitRun(run);

                assertThat(ended.path("status").asText()).isEqualTo("succeeded");
                assertThat(ended.path("resources").path("delivered").asInt()).isEqualTo(SAMPLE);
                assertThat(caravan.runs(destination)).hasSize(1);
                Set<String> keys = caravan.items(run).stream()
                        .map(i -> i.path("object_key").asText())
                        .collect(Collectors.toCollection(TreeSet::new));
                assertThat(new TreeSet<>(s3.keys("lake", "killed/run_"))).isEqualTo(keys);
                assertThat(everythingIn(s3)).hasSize(SAMPLE);
            }
            long sentAgain = s3.requests().stream()
                    .filter(r -> r.isPut() && deliveredBefore.contains(r.key()))
                    .count();
            // At most what was on the wire: two items of a destination at a time.
            assertThat(sentAgain).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void a_delivery_to_a_fhir_server_that_is_killed_goes_on_behind_its_last_bundle() {
        try (SourceSimulator source = SourceSimulator.synthea();
                HapiServer hapi = HapiServer.start()) {
            String run;
            CaravanProcess first = CaravanProcess.start(dataDir);
            try {
                CaravanDriver caravan = first.driver();
                connectEverybody(caravan, source).forEach(caravan::awaitPull);
                String destination = caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), Map.of()))
                        .ok()
                        .path("id")
                        .asText();
                run = caravan.runs(destination).get(0).path("id").asText();
                Awaitility.await("some bundles taken")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> hapi.names().size() >= 2_000);
                hapi.fail(FhirRequest::bundle, FhirFault.stall(), Integer.MAX_VALUE);
                Awaitility.await("a bundle under way")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> hapi.met() > 0);
            } finally {
                first.kill();
            }
            Set<String> onTheWire = hapi.bundles().stream()
                    .filter(bundle -> bundle.status() == 0)
                    .flatMap(bundle -> bundle.entries().stream())
                    .collect(Collectors.toSet());
            Set<String> taken = hapi.names();
            hapi.clearFaults();
            hapi.release();
            Awaitility.await("what was on the wire lands late")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> hapi.names().containsAll(onTheWire));
            hapi.forgetRequests();

            try (CaravanProcess second = CaravanProcess.start(dataDir)) {
                JsonNode ended = second.driver().awaitRun(run);

                assertThat(ended.path("status").asText()).isEqualTo("succeeded");
                assertThat(ended.at("/resources/delivered").asInt()).isEqualTo(SAMPLE);
                assertThat(hapi.names()).hasSize(SAMPLE);
            }
            Set<String> again = hapi.bundles().stream()
                    .flatMap(bundle -> bundle.entries().stream())
                    .collect(Collectors.toCollection(HashSet::new));
            again.retainAll(taken);
            assertThat(taken).hasSizeGreaterThanOrEqualTo(2_000);
            assertThat(onTheWire).isNotEmpty();
            // A bundle that was answered as its node died may not be stored: of each of two items at most one.
            assertThat(again).hasSizeLessThanOrEqualTo(200);
        }
    }

    @Test
    void a_pull_that_is_killed_between_nominating_and_reading_deletes_exactly_what_is_gone() {
        try (SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}")) {
            for (int i = 0; i < 200; i++) {
                source.put(FaultScenario.record("Observation", "o%03d".formatted(i), "p1"));
            }
            String pull;
            FaultHandle stalled;
            CaravanProcess first = CaravanProcess.start(dataDir, "--caravan.pull.reference-batch=5");
            try {
                CaravanDriver caravan = first.driver();
                connectEverybody(caravan, source).forEach(caravan::awaitPull);
                for (int i = 0; i < 15; i++) {
                    source.remove("Observation", "o%03d".formatted(i));
                }
                source.forgetRequests();
                stalled = source.fail(r -> r.isRead("Observation")).with(Fault.stall());
                stalled.skip(7);
                pull = caravan.pullNow(
                        caravan.all("/connections").get(0).path("id").asText());
                Awaitility.await("an observation that is gone is asked for")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stalled.held() > 0);
            } finally {
                first.kill();
            }
            source.clearFaults();
            source.release();

            try (CaravanProcess second = CaravanProcess.start(dataDir, "--caravan.pull.reference-batch=5")) {
                JsonNode ended = second.driver().awaitPull(pull);

                assertThat(ended.path("status").asText()).isEqualTo("completed");
                assertThat(ended.path("warnings")).isEmpty();
                assertThat(ended.at("/resources/deleted").asInt()).isEqualTo(15);
                assertThat(ended.at("/resources/changed").asInt()).isZero();
            }
            Map<String, Long> reads = source.requests(r -> r.isRead("Observation")).stream()
                    .collect(Collectors.groupingBy(SourceRequest::id, Collectors.counting()));
            assertThat(reads).hasSize(16);
            // What was read but not stored when it died is read again: a batch, less one at most.
            assertThat(reads.values().stream().filter(n -> n > 1)).hasSizeBetween(1, 4);
        }
    }

    @Test
    void a_pull_that_is_killed_between_attachments_fetches_the_rest_and_none_of_those_that_landed() {
        try (SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}")) {
            for (int i = 0; i < 12; i++) {
                source.putBinary("b" + i, "text/plain", ("note " + i).getBytes(StandardCharsets.UTF_8));
                source.put(
                        ("{\"resourceType\":\"DocumentReference\",\"id\":\"d%d\",\"subject\":{\"reference\":\"Patient/p1\"},"
                                        + "\"content\":[{\"attachment\":{\"url\":\"Binary/b%d\"}}]}")
                                .formatted(i, i));
            }
            FaultHandle stalled =
                    source.fail(r -> r.isRead("Binary")).with(Fault.stall()).skip(5);
            String pull;
            Set<String> landed;
            CaravanProcess first = CaravanProcess.start(dataDir);
            try {
                CaravanDriver caravan = first.driver();
                pull = connectEverybody(caravan, source).get(0);
                Awaitility.await("five attachments landed, and others on the wire")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stalled.held() > 0
                                && attachments(caravan, pull, "done").size() == 5);
                landed = attachments(caravan, pull, "done");
            } finally {
                first.kill();
            }
            source.clearFaults();
            source.release();

            try (CaravanProcess second = CaravanProcess.start(dataDir)) {
                CaravanDriver caravan = second.driver();
                JsonNode ended = caravan.awaitPull(pull);

                assertThat(ended.path("status").asText()).isEqualTo("completed");
                assertThat(attachments(caravan, pull, "done")).hasSize(12);
                assertThat(ended.at("/resources/new").asInt()).isEqualTo(1 + 12 + 12);
            }
            assertThat(landed)
                    .allSatisfy(path -> assertThat(source.count(r -> r.target().equals(path)))
                            .isEqualTo(1));
        }
    }

    private static Set<String> attachments(CaravanDriver caravan, String pull, String status) {
        return caravan.tasks(pull).stream()
                .filter(task -> task.path("kind").asText().equals("attachment"))
                .filter(task -> task.path("status").asText().equals(status))
                .map(task -> task.path("query").asText())
                .collect(Collectors.toSet());
    }

    private static List<String> connectEverybody(CaravanDriver caravan, SourceSimulator source) {
        String id = caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> pulls = new ArrayList<>();
        for (String patient : source.patients()) {
            pulls.add(caravan.connect(id, patient, null)
                    .ok()
                    .path("latest_pull")
                    .path("id")
                    .asText());
        }
        return pulls;
    }

    private static String deliver(CaravanDriver caravan, S3Server s3) {
        Map<String, Object> lake = caravan.bucket("Lake", s3, "lake", "killed");
        return caravan.newDestination(lake).ok().path("id").asText();
    }

    private static Set<String> answered(SourceSimulator source) {
        return source.requests(r -> r.status() == 200).stream()
                .map(r -> r.path() + "?" + r.rawQuery())
                .collect(Collectors.toSet());
    }

    /** Each delivered resource; one that came twice is a failure. */
    private static Set<String> everythingIn(S3Server s3) {
        Set<String> found = new HashSet<>();
        for (String key : s3.keys("lake", "killed/run_")) {
            if (key.endsWith(".ndjson")) {
                for (String line : s3.lines("lake", key)) {
                    JsonNode json = CaravanDriver.parse(line);
                    assertThat(found.add(json.path("resourceType").asText() + "/"
                                    + json.path("id").asText()))
                            .isTrue();
                }
            }
        }
        return found;
    }
}
