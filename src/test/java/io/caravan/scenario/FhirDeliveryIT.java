package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that are pulled from a source and written to a FHIR server: what arrives, and what becomes of what is refused. */
class FhirDeliveryIT extends FaultScenario {

    private static final int SAMPLE = 8_392;

    private HapiServer hapi;

    @BeforeEach
    void startServer() {
        hapi = HapiServer.start();
    }

    @AfterEach
    void stopServer() {
        hapi.close();
    }

    @Test
    void the_sample_arrives_whole_byte_for_byte_at_a_server_that_checks_references() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            hapi.checkReferences(true);
            pullEverybody(source);
            JsonNode run = deliver(Map.of());

            statusIs(run, "succeeded");
            counts(run, SAMPLE, SAMPLE, 0, 0);
            assertThat(run.at("/patients/delivered").asInt()).isEqualTo(16);
            assertThat(run.path("files").asInt()).isZero();
            assertThat(hapi.names()).hasSize(SAMPLE);
            assertThat(claims(run)).as("of each item").containsOnly(1);
            Map<String, String> sent = sent();
            assertThat(sent).hasSize(SAMPLE);
            sent.forEach((name, json) -> {
                String[] parts = name.split("/", 2);
                assertThat(json).isEqualTo(withoutSpace(source.json(parts[0], parts[1])));
            });
            assertThat(hapi.names())
                    .allSatisfy(name -> assertThat(hapi.version(name)).isEqualTo(1));
        }
    }

    private List<Integer> claims(JsonNode run) {
        return database.sql("SELECT epoch FROM export_item WHERE run_id = :run AND kind = 'bundles'")
                .param("run", run.path("id").asText())
                .query(Integer.class)
                .list();
    }

    @Test
    void a_server_that_takes_25_entries_gets_25_from_then_on_also_in_later_runs() {
        try (SourceSimulator source = observations(120)) {
            hapi.limitEntries(25);
            String connection = pullEverybody(source).get(0);
            String destination = destination(Map.of());
            statusIs(caravan.awaitRuns(destination, 1).get(0), "succeeded");
            assertThat(hapi.names()).hasSize(121);

            hapi.forgetRequests();
            for (int i = 0; i < 60; i++) {
                source.put(observation(i, "amended"));
            }
            caravan.awaitPull(caravan.pullNow(connection));
            statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");

            assertThat(hapi.bundles())
                    .hasSize(3)
                    .allSatisfy(bundle -> assertThat(bundle.entries()).hasSizeLessThanOrEqualTo(25));
        }
    }

    @Test
    void bundles_get_smaller_until_what_stands_before_the_server_lets_them_through() {
        try (SourceSimulator source = observations(60)) {
            hapi.limitBytes(4_000);
            pullEverybody(source);
            JsonNode run = deliver(Map.of());

            statusIs(run, "succeeded");
            counts(run, 61, 61, 0, 0);
            assertThat(hapi.names()).hasSize(61);
        }
    }

    @Test
    void one_resource_that_a_server_cannot_read_is_the_only_one_rejected_although_it_refuses_the_whole_batch() {
        try (SourceSimulator source = observations(40)) {
            source.put(observation(17, "bogus"));
            pullEverybody(source);
            String destination = destination(Map.of());
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);

            statusIs(run, "partial");
            failedWith(run, "resources_refused");
            counts(run, 41, 40, 0, 1);
            assertThat(hapi.names()).hasSize(40).doesNotContain("Observation/o017");
            assertThat(run.path("retryable").asBoolean()).isTrue();

            hapi.forgetRequests();
            JsonNode retry = retry(run);
            statusIs(retry, "failed"); // it delivered nothing
            counts(retry, 1, 0, 0, 1);
            assertThat(sentNames()).containsExactly("Observation/o017");
        }
    }

    @Test
    void what_was_rejected_goes_alone_when_it_is_retried_and_ends_the_matter() {
        try (SourceSimulator source = observations(30)) {
            hapi.refuse(name -> name.equals("Observation/o005"), 422, "The clinic does not want it");
            pullEverybody(source);
            String destination = destination(Map.of());
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);
            statusIs(run, "partial");
            assertThat(run.at("/patients/failed").asInt()).isEqualTo(1);

            hapi.refuseNothing();
            hapi.forgetRequests();
            JsonNode retry = retry(run);

            statusIs(retry, "succeeded");
            counts(retry, 1, 1, 0, 0);
            assertThat(sentNames()).containsExactly("Observation/o005");
            JsonNode original = caravan.run(run.path("id").asText());
            statusIs(original, "partial");
            assertThat(original.path("resolved_by").asText())
                    .isEqualTo(retry.path("id").asText());
            assertThat(original.path("retryable").asBoolean()).isFalse();
        }
    }

    @Test
    void a_rejected_resource_that_a_later_run_delivered_is_not_sent_again_by_the_retry() {
        try (SourceSimulator source = observations(10)) {
            hapi.refuse(name -> name.equals("Observation/o005"), 422, "The clinic does not want it");
            String connection = pullEverybody(source).get(0);
            String destination = destination(Map.of());
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);
            hapi.refuseNothing();
            source.put(observation(5, "amended"));
            caravan.awaitPull(caravan.pullNow(connection));
            statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");

            hapi.forgetRequests();
            JsonNode retry = retry(run);

            statusIs(retry, "succeeded");
            counts(retry, 1, 0, 1, 0);
            assertThat(hapi.bundles()).isEmpty();
            assertThat(hapi.resources().get("Observation/o005")).contains("amended");
        }
    }

    @Test
    void entries_that_are_refused_for_now_are_repeated_and_only_they() {
        try (SourceSimulator source = observations(40)) {
            hapi.refuse(name -> name.matches("Observation/o00[1-3]"), 429, "Slow down", 3);
            hapi.refuse(name -> name.equals("Observation/o020"), 500, "Something went wrong", 1);
            pullEverybody(source);
            JsonNode run = deliver(Map.of());

            statusIs(run, "succeeded");
            counts(run, 41, 41, 0, 0);
            assertThat(sentNames()).hasSize(41 + 4);
            assertThat(hapi.names()).hasSize(41);
        }
    }

    @Test
    void a_server_that_asks_to_be_left_alone_is_by_every_item() {
        try (SourceSimulator source = observations(1)) {
            for (int i = 0; i < 150; i++) {
                source.put(patients("Condition", i)); // of one rank: two items at a time
                source.put(patients("AllergyIntolerance", i));
            }
            pullEverybody(source);
            hapi.fail(request -> request.entries().contains("Condition/x010"), FhirFault.throttled(429, 2), 1);
            JsonNode run = deliver(Map.of("bundle_entries", 1));

            statusIs(run, "succeeded");
            assertThat(hapi.names()).hasSize(302);
            List<FhirRequest> bundles = hapi.bundles();
            FhirRequest refused = bundles.stream()
                    .filter(bundle -> bundle.status() == 429)
                    .findFirst()
                    .orElseThrow();
            Instant until = refused.at().plusSeconds(2);
            Instant onTheWire = refused.at().plusMillis(100);
            assertThat(bundles).anySatisfy(bundle -> assertThat(bundle.at()).isAfterOrEqualTo(until));
            assertThat(bundles).noneSatisfy(bundle -> assertThat(bundle.at()).isStrictlyBetween(onTheWire, until));
        }
    }

    @Test
    void two_records_that_refer_to_each_other_go_together_and_what_hangs_on_them_follows() {
        try (SourceSimulator source = SourceSimulator.of(
                "{\"resourceType\":\"Patient\",\"id\":\"p1\"}",
                "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"finished\",\"subject\":{\"reference\":\"Patient/p1\"},"
                        + "\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/c1\"}}]}",
                "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                        + "\"encounter\":{\"reference\":\"Encounter/e1\"}}",
                "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                        + "\"subject\":{\"reference\":\"Patient/p1\"},\"encounter\":{\"reference\":\"Encounter/e1\"}}",
                "{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
                        + "\"subject\":{\"reference\":\"Patient/p1\"},\"focus\":[{\"reference\":\"Observation/nowhere\"}]}")) {
            hapi.checkReferences(true);
            pullEverybody(source);
            JsonNode run = deliver(Map.of());

            statusIs(run, "partial");
            counts(run, 5, 4, 0, 1);
            assertThat(hapi.names())
                    .containsExactlyInAnyOrder("Patient/p1", "Encounter/e1", "Condition/c1", "Observation/o1");
            List<FhirRequest> together = hapi.bundles().stream()
                    .filter(bundle -> bundle.json().path("type").asText().equals("transaction"))
                    .toList();
            assertThat(together).hasSize(1);
            assertThat(together.get(0).entries()).containsExactlyInAnyOrder("Encounter/e1", "Condition/c1");
        }
    }

    @Test
    void a_transaction_that_is_refused_gets_smaller_down_to_the_culprit() {
        try (SourceSimulator source = observations(20)) {
            hapi.refuse(name -> name.equals("Observation/o011"), 422, "The clinic does not want it");
            pullEverybody(source);
            JsonNode run = deliver(Map.of("write_mode", "transaction"));

            statusIs(run, "partial");
            counts(run, 21, 20, 0, 1);
            assertThat(hapi.names()).hasSize(20);
        }
    }

    @Test
    void what_is_gone_at_the_source_is_deleted_after_all_that_is_written_the_dependent_first() {
        try (SourceSimulator source = observations(5)) {
            source.put(
                    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"finished\",\"subject\":{\"reference\":\"Patient/p1\"}}");
            source.put(
                    "{\"resourceType\":\"Encounter\",\"id\":\"e2\",\"status\":\"finished\",\"subject\":{\"reference\":\"Patient/p1\"}}");
            String connection = pullEverybody(source).get(0);
            String destination = destination(Map.of());
            caravan.awaitRuns(destination, 1);
            source.remove("Observation", "o002");
            source.remove("Encounter", "e1");
            source.put(observation(3, "amended"));
            hapi.forgetRequests();
            caravan.awaitPull(caravan.pullNow(connection));
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);

            statusIs(run, "succeeded");
            counts(run, 3, 3, 0, 0);
            assertThat(sentNames()).containsExactly("Observation/o003", "Observation/o002", "Encounter/e1");
            assertThat(hapi.names()).hasSize(6).doesNotContain("Observation/o002", "Encounter/e1");
        }
    }

    @Test
    void a_server_that_lets_nobody_in_any_more_ends_the_run_at_once() {
        try (SourceSimulator source = observations(5)) {
            pullEverybody(source);
            hapi.fail(
                    request -> request.bundle() && request.entries().contains("Patient/p1"), FhirFault.status(401), 1);
            JsonNode run = deliver(Map.of());

            statusIs(run, "failed");
            failedWith(run, "destination_unauthorized");
            counts(run, 6, 0, 0, 6);
            statusIs(retry(run), "succeeded");
            assertThat(hapi.names()).hasSize(6);
        }
    }

    @Test
    void a_run_that_is_cancelled_sends_nothing_after_the_bundle_on_the_wire() {
        try (SourceSimulator source = observations(60)) {
            pullEverybody(source);
            hapi.fail(request -> request.entries().contains("Observation/o020"), FhirFault.stall(), 1);
            String destination = destination(Map.of("bundle_entries", 10));
            String run = caravan.runs(destination).get(0).path("id").asText();
            org.awaitility.Awaitility.await("a bundle on the wire")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> hapi.met() > 0);
            caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of()).ok();
            hapi.release();

            statusIs(caravan.awaitRun(run), "cancelled");
            assertThat(sentNames()).doesNotContain("Observation/o030");
        }
    }

    @Test
    void two_sources_that_use_the_same_id_for_two_people_end_as_two_people_each_with_their_own_records() {
        try (SourceSimulator first = SourceSimulator.of(person("One"), observation(1, "final"));
                SourceSimulator second = SourceSimulator.of(person("Two"), observation(1, "amended"))) {
            hapi.checkReferences(true);
            pullEverybody(first);
            JsonNode scoped = caravan.newSource("Second", second.baseUrl());
            caravan.awaitPull(caravan.connect(scoped.path("id").asText(), "p1", null)
                    .ok()
                    .at("/latest_pull/id")
                    .asText());
            JsonNode run = deliver(Map.of());

            statusIs(run, "succeeded");
            String key = scoped.path("key").asText();
            Map<String, String> held = hapi.resources();
            assertThat(held)
                    .containsOnlyKeys(
                            "Patient/p1", "Observation/o001", "Patient/" + key + "-p1", "Observation/" + key + "-o001");
            assertThat(held.get("Patient/p1")).contains("One");
            assertThat(held.get("Patient/" + key + "-p1")).contains("Two");
            assertThat(held.get("Observation/o001")).contains("final", "Patient/p1");
            assertThat(held.get("Observation/" + key + "-o001")).contains("amended", "Patient/" + key + "-p1");
        }
    }

    @Test
    void what_the_destination_said_of_each_rejection_can_be_read_page_by_page() {
        try (SourceSimulator source = observations(10)) {
            hapi.refuse(name -> name.matches("Observation/o00[3-5]"), 422, "The clinic does not want it");
            pullEverybody(source);
            JsonNode run = deliver(Map.of());
            String id = run.path("id").asText();

            List<JsonNode> rejections = caravan.rejections(id);
            assertThat(rejections)
                    .extracting(one ->
                            one.path("type").asText() + "/" + one.path("id").asText())
                    .containsExactly("Observation/o003", "Observation/o004", "Observation/o005");
            assertThat(rejections).allSatisfy(one -> {
                assertThat(one.path("status").asInt()).isEqualTo(422);
                assertThat(one.path("text").asText()).isEqualTo("The clinic does not want it");
                assertThat(one.at("/outcome/resourceType").asText()).isEqualTo("OperationOutcome");
                assertThat(one.at("/outcome/issue/0/diagnostics").asText()).isEqualTo("The clinic does not want it");
            });
            JsonNode page = caravan.get(caravan.path("/runs/" + id + "/rejections?limit=2"))
                    .ok();
            assertThat(page.path("data")).hasSize(2);
            JsonNode rest = caravan.get(caravan.path("/runs/" + id + "/rejections?limit=2&cursor="
                            + page.path("next_cursor").asText()))
                    .ok();
            assertThat(rest.path("data")).hasSize(1);
            assertThat(rest.path("next_cursor").isNull()).isTrue();
        }
    }

    private static String person(String family) {
        return "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"%s\"}]}".formatted(family);
    }

    private static String patients(String type, int number) {
        String who = type.equals("AllergyIntolerance") ? "patient" : "subject";
        return "{\"resourceType\":\"%s\",\"id\":\"x%03d\",\"%s\":{\"reference\":\"Patient/p1\"}}"
                .formatted(type, number, who);
    }

    private static String observation(int number, String status) {
        return "{\"resourceType\":\"Observation\",\"id\":\"o%03d\",\"status\":\"%s\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p1\"}}"
                .formatted(number, status);
    }

    private static SourceSimulator observations(int count) {
        SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
        IntStream.range(0, count).forEach(i -> source.put(observation(i, "final")));
        return source;
    }

    private List<String> pullEverybody(SourceSimulator source) {
        String id = caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> connections = new ArrayList<>();
        List<String> pulls = new ArrayList<>();
        for (String patient : source.patients()) {
            JsonNode connected = caravan.connect(id, patient, null).ok();
            connections.add(connected.path("id").asText());
            pulls.add(connected.path("latest_pull").path("id").asText());
        }
        pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));
        return connections;
    }

    private String destination(Map<String, Object> settings) {
        String id = caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), settings))
                .ok()
                .path("id")
                .asText();
        return id;
    }

    private JsonNode deliver(Map<String, Object> settings) {
        return caravan.awaitRuns(destination(settings), 1).get(0);
    }

    /** {@code Type/id} of every entry that was posted, in the order of arrival, without the probe of the test. */
    private List<String> sentNames() {
        return hapi.bundles().stream()
                .flatMap(bundle -> bundle.entries().stream())
                .filter(name -> !name.contains("caravan-probe"))
                .toList();
    }

    /** Every resource that was posted, as it came. */
    private Map<String, String> sent() {
        Map<String, String> sent = new HashMap<>();
        hapi.bundles().forEach(bundle -> sent.putAll(bundle.resources()));
        sent.keySet().removeIf(name -> name.contains("caravan-probe"));
        return sent;
    }

    private static String withoutSpace(String json) {
        StringBuilder out = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\') {
                out.append(c).append(json.charAt(++i));
                continue;
            }
            inString ^= c == '"';
            if (inString || !Character.isWhitespace(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
