package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stored credentials: a new key takes over while runs go on, and what was sealed for one row is unreadable in another. */
class KeysetIT extends FaultScenario {

    @Test
    void a_new_key_takes_over_under_running_exports_and_no_run_fails() {
        try (SourceSimulator source = smallSource()) {
            JsonNode first = pull(source, PATIENT, "canary-token");
            String connection = first.path("connection_id").asText();
            List<String> destinations = List.of(newDestination("Lake one", "one"), newDestination("Lake two", "two"));
            List<Long> primaries = new ArrayList<>();
            for (int round = 1; round <= 4; round++) {
                source.put(record("Observation", "round" + round, PATIENT));
                String pull = caravan.pullNow(connection);
                JsonNode rotated = rotate("{}").ok();
                primaries.add(rotated.path("primary_key_id").asLong());
                statusIs(caravan.awaitPull(pull), "completed");
                assertThat(rotated.path("unreadable").asInt()).isZero();
            }

            for (String destination : destinations) {
                List<JsonNode> runs = caravan.awaitRuns(destination, 2);
                assertThat(runs).allSatisfy(run -> statusIs(run, "succeeded"));
                assertThat(runs.stream()
                                .mapToInt(run -> run.at("/resources/delivered").asInt())
                                .sum())
                        .isEqualTo(stored().size());
            }
            assertThat(primaries).doesNotHaveDuplicates();
            // What a node sealed while it had not seen the newest key yet is sealed anew by repeating the last step.
            JsonNode keys = rotate("{\"step\":\"use\"}").ok();
            for (JsonNode key : keys.path("keys")) {
                assertThat(key.path("sealed_rows").asInt() > 0)
                        .as(keys.toString())
                        .isEqualTo(key.path("primary").asBoolean());
            }
            assertThat(keys.toString()).doesNotContain("canary");
        }
    }

    @Test
    void two_rows_that_swapped_what_is_sealed_are_unreadable_and_say_so() {
        try (SourceSimulator source = smallSource()) {
            String connection = pull(source, PATIENT).path("connection_id").asText();
            String one = newDestination("Lake one", "swap-one");
            String two = newDestination("Lake two", "swap-two");
            caravan.awaitRuns(one, 1);
            caravan.awaitRuns(two, 1);
            // One statement sees both rows as they were before it. The revision has the clients made anew.
            int swapped = database.sql("""
                            UPDATE destination d
                               SET credentials_sealed = o.credentials_sealed, revision = d.revision + 1
                              FROM destination o
                             WHERE d.org_id = :org AND o.org_id = :org AND d.id <> o.id""").param("org", caravan.org()).update();
            assertThat(swapped).isEqualTo(2);
            source.put(record("Observation", "after", PATIENT));
            statusIs(caravan.awaitPull(caravan.pullNow(connection)), "completed");

            for (String destination : List.of(one, two)) {
                JsonNode run = caravan.awaitRuns(destination, 2).get(0);
                statusIs(run, "failed");
                failedWith(run, "credentials_unreadable");
                assertThat(run.at("/error/message").asText()).contains("enter the secret again");
            }
            JsonNode keys = caravan.get("/api/v1/keyset").ok();
            rotate("{\"step\":\"use\"}").ok(); // skips them
            assertThat(caravan.get("/api/v1/keyset").ok().path("unreadable")).isEqualTo(keys.path("unreadable"));
            restoreSwapped();
        }
    }

    @Test
    void only_the_operator_sees_and_turns_keys() {
        String manager = caravan.post(caravan.path("/api-keys"), Map.of("name", "ci", "role", "manager"))
                .ok()
                .path("key")
                .asText();
        CaravanDriver asManager = caravan.with(manager);

        problem(asManager.get("/api/v1/keyset"), 403, "forbidden");
        problem(asManager.post("/api/v1/keyset/rotations", Map.of()), 403, "forbidden");
        CaravanDriver nobody = new CaravanDriver(URI.create("http://127.0.0.1:" + port), null, Duration.ofSeconds(10));
        problem(nobody.get("/api/v1/keyset"), 401, "unauthenticated");
        problem(rotate("{\"step\":\"shred\"}"), 422, "invalid_field");
    }

    private CaravanDriver.Answer rotate(String body) {
        return caravan.send("POST", "/api/v1/keyset/rotations", body, "application/json");
    }

    private String newDestination(String name, String prefix) {
        Map<String, Object> body = new java.util.HashMap<>(caravan.bucket(name, s3, "lake", prefix + caravan.org()));
        return caravan.newDestination(body).ok().path("id").asText();
    }

    /** The database is shared with other scenarios: nothing unreadable stays in it. */
    private void restoreSwapped() {
        caravan.all("/destinations?")
                .forEach(d -> assertThat(caravan.delete(caravan.path(
                                        "/destinations/" + d.path("id").asText()))
                                .status())
                        .isEqualTo(204));
    }
}
