package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disable, reactivate, delete; runs by hand; cancel. */
class LifecycleIT extends CaravanScenario {

    private SourceSimulator source;
    private String connection;
    private String destination;
    private String prefix;

    @BeforeEach
    void deliverOnce() {
        source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":true}");
        for (int i = 1; i <= 3; i++) {
            put(i, 1);
        }
        String sourceId = caravan.newSource("One", source.baseUrl()).path("id").asText();
        JsonNode connected = caravan.connect(sourceId, "p1", null).ok();
        connection = connected.path("id").asText();
        caravan.awaitPull(connected.path("latest_pull").path("id").asText());
        prefix = "life-" + caravan.org();
        destination = caravan.newDestination(caravan.bucket("Lake", s3, "lake", prefix))
                .ok()
                .path("id")
                .asText();
        caravan.awaitRuns(destination, 1);
    }

    @AfterEach
    void stop() {
        s3.release();
        source.close();
    }

    @Test
    void what_changed_while_a_destination_was_disabled_arrives_in_one_run_when_it_is_enabled() {
        enable(false);
        for (int version = 2; version <= 4; version++) {
            put(1, version);
            put(10 + version, 1);
            caravan.awaitPull(caravan.pullNow(connection));
        }
        assertThat(caravan.runs(destination)).hasSize(1);
        assertThat(caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of())
                        .status())
                .isEqualTo(409);

        enable(true);
        List<JsonNode> runs = caravan.awaitRuns(destination, 2);

        assertThat(runs).hasSize(2);
        assertThat(runs.get(0).path("trigger").asText()).isEqualTo("destination_reactivated");
        assertThat(linesOf(runs.get(0)))
                .containsExactlyInAnyOrder(
                        observation(1, 4), observation(12, 1), observation(13, 1), observation(14, 1));
    }

    @Test
    void a_full_run_delivers_everything_again_and_a_delta_run_nothing() {
        JsonNode delta = start("delta");
        assertThat(delta.path("status").asText()).isEqualTo("succeeded");
        assertThat(delta.path("resources").path("selected").asInt()).isZero();
        assertThat(s3.keys("lake", prefix + "/" + delta.path("id").asText())).isEmpty();

        JsonNode full = start("full");
        assertThat(full.path("trigger").asText()).isEqualTo("manual");
        assertThat(full.path("resources").path("delivered").asInt()).isEqualTo(4);
        assertThat(caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", "odd"))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void a_cancelled_run_takes_back_its_objects_moves_nothing_and_the_next_run_covers_its_window() {
        put(1, 2);
        source.put("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":false}");
        s3.hold();
        caravan.awaitPull(caravan.pullNow(connection));
        Awaitility.await("an upload under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() > 0);
        String run = caravan.runs(destination).get(0).path("id").asText();

        CaravanDriver.Answer cancelled = caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of());
        assertThat(cancelled.status()).isEqualTo(202);
        s3.release();
        JsonNode ended = caravan.awaitRun(run);

        assertThat(ended.path("status").asText()).isEqualTo("cancelled");
        assertThat(ended.path("retryable").asBoolean()).isFalse();
        assertThat(s3.keys("lake", prefix + "/" + run)).isEmpty();
        assertThat(caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of())
                        .status())
                .isEqualTo(409);

        JsonNode next = start("delta");
        assertThat(next.path("resources").path("delivered").asInt()).isEqualTo(2);
    }

    @Test
    void disabling_cancels_the_run_under_way_after_the_items_in_flight() {
        put(1, 2);
        s3.hold();
        caravan.awaitPull(caravan.pullNow(connection));
        Awaitility.await("an upload under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() > 0);
        String run = caravan.runs(destination).get(0).path("id").asText();

        enable(false);
        s3.release();
        assertThat(caravan.awaitRun(run).path("status").asText()).isEqualTo("cancelled");

        enable(true);
        JsonNode caughtUp = caravan.awaitRuns(destination, 3).get(0);
        assertThat(linesOf(caughtUp)).containsExactly(observation(1, 2));
    }

    @Test
    void a_run_keeps_the_place_it_started_with_when_the_destination_is_edited() {
        put(1, 2);
        source.put("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":false}");
        s3.hold();
        caravan.awaitPull(caravan.pullNow(connection));
        Awaitility.await("an upload under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() > 0);
        String run = caravan.runs(destination).get(0).path("id").asText();

        // What PATCH does; its test cannot write a probe while uploads are held.
        database.sql(
                        "UPDATE destination SET settings = jsonb_set(settings, '{prefix}', '\"elsewhere\"'), revision = revision + 1 WHERE id = :id")
                .param("id", destination)
                .update();
        s3.release();

        assertThat(caravan.awaitRun(run).path("status").asText()).isEqualTo("succeeded");
        String folder = prefix + "/" + run + "/";
        JsonNode manifest =
                CaravanDriver.parse(new String(s3.bytes("lake", folder + "manifest.json"), StandardCharsets.UTF_8));
        assertThat(manifest.path("output")).hasSize(2);
        manifest.path("output")
                .forEach(o -> assertThat(s3.bytes("lake", folder + o.path("url").asText()))
                        .hasSize(o.path("size").asInt()));
        assertThat(s3.keys("lake", "elsewhere/" + run)).isEmpty();
    }

    @Test
    void another_endpoint_needs_the_credentials_again_and_a_connected_source_keeps_its_server() {
        CaravanDriver.Answer moved = caravan.patch(
                caravan.path("/destinations/" + destination),
                Map.of(
                        "settings",
                        Map.of(
                                "cloud_vendor",
                                "s3_compatible",
                                "endpoint",
                                "http://127.0.0.2:1",
                                "bucket",
                                "lake",
                                "file_type",
                                "ndjson")));
        assertThat(moved.status()).isEqualTo(422);
        assertThat(moved.json().path("errors").path(0).path("field").asText()).isEqualTo("credentials");

        String sourceId = caravan.all("/sources").get(0).path("id").asText();
        CaravanDriver.Answer other =
                caravan.patch(caravan.path("/sources/" + sourceId), Map.of("fhir_base_url", "http://127.0.0.2:1/fhir"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("code").asText()).isEqualTo("in_use");
    }

    @Test
    void a_deleted_destination_is_gone_with_its_runs_and_what_it_had_stays() {
        Set<String> before = new TreeSet<>(s3.keys("lake", prefix));

        assertThat(caravan.delete(caravan.path("/destinations/" + destination)).status())
                .isEqualTo(204);

        assertThat(caravan.get(caravan.path("/destinations/" + destination)).status())
                .isEqualTo(404);
        assertThat(caravan.runs(destination)).isEmpty();
        assertThat(new TreeSet<>(s3.keys("lake", prefix))).isEqualTo(before).isNotEmpty();
        put(1, 2);
        assertThat(caravan.awaitPull(caravan.pullNow(connection)).path("status").asText())
                .isEqualTo("completed");
    }

    private void put(int number, int version) {
        source.put(observation(number, version));
    }

    private static String observation(int number, int version) {
        return "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},\"valueInteger\":%d}"
                .formatted(number, version);
    }

    private void enable(boolean enabled) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", enabled))
                .ok();
    }

    private JsonNode start(String mode) {
        CaravanDriver.Answer started =
                caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", mode));
        assertThat(started.status()).isEqualTo(202);
        return caravan.awaitRun(started.json().path("id").asText());
    }

    private List<String> linesOf(JsonNode run) {
        List<String> lines = new ArrayList<>();
        for (String key : s3.keys("lake", prefix + "/" + run.path("id").asText() + "/")) {
            if (key.endsWith(".ndjson")) {
                lines.addAll(s3.lines("lake", key));
            }
        }
        return lines;
    }
}
