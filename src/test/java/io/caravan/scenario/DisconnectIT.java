package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.Records;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FlowStatement;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** A connection ends: its pulls stop for good, its tokens are gone, and what only it saw is in no new backfill. */
class DisconnectIT extends FaultScenario {

    /** Both patients have seen this doctor; the other one has an Observation besides, and that is all. */
    private static final String SHARED = "Practitioner/doctor";

    private SourceSimulator source;
    private String registered;
    private String connection;
    private String other;
    private String prefix;

    @Autowired
    private Records records;

    @Autowired
    private TransactionTemplate transaction;

    @BeforeEach
    void connectTwo() {
        source = smallSource();
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"doctor\"}");
        List.of("p1", "p2").forEach(patient -> source.put(seenByTheDoctor(patient)));
        for (String type : List.of("Condition", "Encounter", "Immunization", "Observation", "Procedure")) {
            source.remove(type, "other-" + type);
        }
        registered = caravan.newSource("General", source.baseUrl()).path("id").asText();
        connection = connect("p1");
        other = connect("p2");
        prefix = "left-" + caravan.org();
    }

    @AfterEach
    void stop() {
        s3.release();
        source.close();
    }

    // --- pulls and tokens

    @Test
    void a_pull_that_is_under_way_lands_nothing_any_more() {
        try (Traces traces = new Traces()) {
            source.put(record("Observation", "late", "p1"));
            FaultHandle stalled =
                    source.fail(request -> request.isSearch("Observation")).with(Fault.stall());
            String pull = pullUntilStalled(stalled);
            String task = task(caravan.pull(pull), "Observation").path("id").asText();
            List<String> before = stored();

            JsonNode disconnected = disconnect(connection);
            stalled.release();

            assertThat(disconnected.path("status").asText()).isEqualTo("disconnected");
            assertThat(disconnected.path("next_pull_at").isNull()).isTrue();
            statusIs(caravan.pull(pull), "cancelled");
            Awaitility.await("the node gives up")
                    .untilAsserted(() -> assertThat(traces.logged())
                            .anyMatch(line -> line.contains(task + " was taken over by another node")));
            assertThat(stored()).isEqualTo(before).doesNotContain("Observation/late");
            assertThat(task(caravan.pull(pull), "Observation").path("status").asText())
                    .isEqualTo("failed");
            problem(
                    caravan.post(caravan.path("/connections/" + connection + "/pulls"), Map.of()),
                    409,
                    "connection_not_active");
        }
    }

    @Test
    void a_page_that_lands_at_this_moment_is_waited_for_and_is_the_last() {
        FaultHandle stalled =
                source.fail(request -> request.isSearch("Observation")).with(Fault.stall());
        JsonNode task = task(caravan.pull(pullUntilStalled(stalled)), "Observation");

        CompletableFuture<JsonNode> ended = transaction.execute(page -> {
            assertThat(hold(task)).isPresent();
            land(connection, "Observation", "last", "{\"resourceType\":\"Observation\",\"id\":\"last\"}");
            CompletableFuture<JsonNode> asked = waitingDisconnect();
            assertThat(database.sql("UPDATE pull_task SET pages = pages + 1 WHERE id = :id AND status = 'running'")
                            .param("id", task.path("id").asText())
                            .update())
                    .as("the cursor behind the page")
                    .isEqualTo(1);
            return asked;
        });

        assertThat(ended.join().path("status").asText()).isEqualTo("disconnected");
        assertThat(withheld()).contains("Observation/last");
        assertThat(hold(task)).as("a later page").isEmpty();
    }

    @Test
    void tokens_are_destroyed() {
        String token = connectWith("token");
        assertThat(sealed(token)).isTrue();

        JsonNode ended = disconnect(token);

        assertThat(ended.path("credentials_set")).isEmpty();
        assertThat(sealed(token)).isFalse();
    }

    @Test
    void asked_again_it_changes_nothing() {
        JsonNode once = disconnect(connection);
        String withheldAt = withheldAt("Observation", "observation1");

        assertThat(disconnect(connection)).isEqualTo(once);
        assertThat(withheldAt("Observation", "observation1")).isEqualTo(withheldAt);
    }

    // --- records

    @Test
    void records_stay_and_those_that_only_it_saw_are_in_no_new_backfill() {
        String served = caravan.newDestination(caravan.bucket("Before", s3, "lake", prefix + "-before"))
                .ok()
                .path("id")
                .asText();
        JsonNode everything = caravan.awaitRuns(served, 1).get(0);
        List<String> before = stored();

        disconnect(connection);

        assertThat(stored()).isEqualTo(before);
        String fresh = newDestination(s3, "lake", prefix);
        JsonNode backfill = caravan.awaitRuns(fresh, 1).get(0);
        statusIs(backfill, "succeeded");
        assertThat(delivered(s3, "lake", prefix, backfill.path("id").asText()))
                .containsExactly("Observation/seen-p2", "Patient/p2", SHARED);
        JsonNode full = start(served, "full");
        assertThat(full.path("resources").path("delivered").asInt()).isEqualTo(3);
        assertThat(everything.path("resources").path("delivered").asInt()).isEqualTo(before.size());
        assertThat(withheld()).hasSize(before.size() - 3).doesNotContain(SHARED);

        disconnect(other);

        assertThat(start(served, "full").path("resources").path("selected").asInt())
                .isZero();
        assertThat(withheld()).hasSameSizeAs(before);
    }

    @Test
    void what_had_landed_reaches_the_destinations_that_had_not_seen_it() {
        String served = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(served, 1);
        source.put(record("Observation", "late", "p1"));
        enable(served, false);
        caravan.awaitPull(caravan.pullNow(connection));
        disconnect(connection);

        enable(served, true);

        JsonNode delta = caravan.awaitRuns(served, 2).get(0);
        assertThat(delivered(s3, "lake", prefix, delta.path("id").asText())).containsExactly("Observation/late");
    }

    @Test
    void a_backfill_that_was_planned_before_delivers_what_it_planned_and_its_counts_add_up() {
        String served = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(served, 1);
        s3.hold();
        String run = caravan.post(caravan.path("/destinations/" + served + "/runs"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText();
        Awaitility.await("files under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() > 0);
        assertThat(caravan.items(run))
                .as("files that are read later")
                .anyMatch(item -> item.path("status").asText().equals("pending")
                        && item.path("kind").asText().equals("file"));

        disconnect(connection);
        s3.release();

        JsonNode ended = caravan.awaitRun(run);
        statusIs(ended, "succeeded");
        assertThat(ended.path("resources").path("superseded").asInt()).isZero();
        assertThat(delivered(s3, "lake", prefix, run)).isEqualTo(stored());
    }

    @Test
    void connected_again_all_it_saw_is_a_change() {
        List<String> before = stored();
        disconnect(connection);
        String fresh = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(fresh, 1);

        JsonNode again = caravan.connect(registered, "p1", null).ok();

        assertThat(again.path("id").asText()).isEqualTo(connection);
        assertThat(again.path("status").asText()).isEqualTo("active");
        assertThat(withheld()).isEmpty();
        caravan.awaitPull(again.at("/latest_pull/id").asText());
        JsonNode delta = caravan.awaitRuns(fresh, 2).get(0);
        assertThat(delivered(s3, "lake", prefix, delta.path("id").asText()))
                .hasSize(before.size() - 3)
                .doesNotContain("Patient/p2", SHARED);
    }

    @Test
    void a_withheld_record_that_another_connection_comes_to_see_is_a_change() {
        disconnect(other);
        disconnect(connection);
        assertThat(withheld()).contains(SHARED);
        String fresh = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(fresh, 1);
        source.put("{\"resourceType\":\"Patient\",\"id\":\"p3\"}");
        source.put(seenByTheDoctor("p3"));

        connect("p3");

        JsonNode delta = caravan.awaitRuns(fresh, 2).get(0);
        assertThat(delivered(s3, "lake", prefix, delta.path("id").asText()))
                .containsExactly("Observation/seen-p3", "Patient/p3", SHARED);
    }

    @Test
    void a_record_that_another_connection_comes_to_see_at_this_moment_is_not_withheld() {
        String content = content("Observation", "observation1");

        CompletableFuture<JsonNode> ended = transaction.execute(page -> {
            land(other, "Observation", "observation1", content);
            return waitingDisconnect();
        });

        ended.join();
        assertThat(withheld()).contains("Observation/observation2").doesNotContain("Observation/observation1");
    }

    private String connect(String patient) {
        JsonNode connected = caravan.connect(registered, patient, null).ok();
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
        return connected.path("id").asText();
    }

    private String connectWith(String token) {
        return caravan.connect(registered, "p1", token).ok().path("id").asText();
    }

    private JsonNode disconnect(String id) {
        return caravan.post(caravan.path("/connections/" + id + "/disconnect"), Map.of())
                .ok();
    }

    /** A disconnect that has been asked for and waits for this thread's transaction. */
    private CompletableFuture<JsonNode> waitingDisconnect() {
        CompletableFuture<JsonNode> asked = CompletableFuture.supplyAsync(
                () -> disconnect(connection), task -> new Thread(task, "disconnect").start());
        Awaitility.await("it waits")
                .until(() -> database.sql(
                                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                                .query(Integer.class)
                                .single()
                        > 0);
        assertThat(asked).isNotDone();
        return asked;
    }

    private void enable(String destination, boolean enabled) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", enabled))
                .ok();
    }

    private JsonNode start(String destination, String mode) {
        return caravan.awaitRun(
                caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", mode))
                        .ok()
                        .path("id")
                        .asText());
    }

    /** A pull of which everything has landed but what the source keeps to itself. */
    private String pullUntilStalled(FaultHandle stalled) {
        String pull = caravan.pullNow(connection);
        Awaitility.await("a page under way")
                .until(() -> stalled.held() == 1
                        && caravan.tasks(pull).stream()
                                .allMatch(task -> !task.path("kind").asText().equals("search")
                                        || task.path("resource_type").asText().equals("Observation")
                                        || !List.of("pending", "running")
                                                .contains(task.path("status").asText())));
        return pull;
    }

    private Optional<String> hold(JsonNode task) {
        String id = task.path("id").asText();
        return FlowStatement.of(database, "pull/hold-connection")
                .with("orgId", caravan.org())
                .with("id", id)
                .with(
                        "epoch",
                        database.sql("SELECT epoch FROM pull_task WHERE id = :id")
                                .param("id", id)
                                .query(Integer.class)
                                .single())
                .query()
                .query(String.class)
                .optional();
    }

    private void land(String seenBy, String type, String id, String content) {
        records.land(new LandingBatch(
                caravan.org(),
                registered,
                seenBy,
                "pull_test",
                Optional.empty(),
                List.of(new CutResource(
                        type,
                        id,
                        id,
                        Optional.empty(),
                        false,
                        List.of(),
                        List.of(),
                        content.getBytes(StandardCharsets.UTF_8)))));
    }

    private boolean sealed(String id) {
        return database.sql("SELECT credentials_sealed IS NOT NULL FROM connection WHERE id = :id")
                .param("id", id)
                .query(Boolean.class)
                .single();
    }

    private String content(String type, String id) {
        return column("content", type, id);
    }

    private String withheldAt(String type, String id) {
        return column("withheld_xid", type, id);
    }

    private String column(String column, String type, String id) {
        return database.sql("SELECT %s::text FROM resource_record WHERE org_id = :org AND type = :type AND id = :id"
                        .formatted(column))
                .param("org", caravan.org())
                .param("type", type)
                .param("id", id)
                .query(String.class)
                .single();
    }

    private List<String> withheld() {
        return database.sql(
                        "SELECT type || '/' || id FROM resource_record WHERE org_id = :org AND withheld_xid IS NOT NULL")
                .param("org", caravan.org())
                .query(String.class)
                .list();
    }

    private static String seenByTheDoctor(String patient) {
        return "{\"resourceType\":\"Observation\",\"id\":\"seen-%1$s\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/%1$s\"},\"performer\":[{\"reference\":\"%2$s\"}]}"
                .formatted(patient, SHARED);
    }
}
