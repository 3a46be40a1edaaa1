package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the scenarios in which something goes wrong have in common: a small source, and how its outcome is read. */
abstract class FaultScenario extends CaravanScenario {

    static final String PATIENT = "p1";

    /** One patient with five types of records, and somebody else. */
    static SourceSimulator smallSource() {
        return smallSource("Caravan Source Simulator");
    }

    /** The same, under the name by which a vendor is known. */
    static SourceSimulator smallSource(String software) {
        SourceSimulator source = SourceSimulator.builder()
                .software(software)
                .resource("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Someone\"}]}")
                .resource("{\"resourceType\":\"Patient\",\"id\":\"p2\",\"name\":[{\"family\":\"Else\"}]}")
                .start();
        for (String type : List.of("Condition", "Encounter", "Immunization", "Observation", "Procedure")) {
            for (int i = 1; i <= 3; i++) {
                source.put(record(type, type.toLowerCase(java.util.Locale.ROOT) + i, PATIENT));
            }
            source.put(record(type, "other-" + type, "p2"));
        }
        return source;
    }

    static String record(String type, String id, String patient) {
        String who = type.equals("Immunization") ? "patient" : "subject";
        return "{\"resourceType\":\"%s\",\"id\":\"%s\",\"status\":\"final\",\"%s\":{\"reference\":\"Patient/%s\"}}"
                .formatted(type, id, who, patient);
    }

    /** The pull of this patient's new connection, once it has ended. */
    JsonNode pull(SourceSimulator source, String patient) {
        return pull(source, patient, null);
    }

    JsonNode pull(SourceSimulator source, String patient, String token) {
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        JsonNode connection = caravan.connect(registered, patient, token).ok();
        return caravan.awaitPull(connection.path("latest_pull").path("id").asText());
    }

    JsonNode task(JsonNode pull, String type) {
        List<JsonNode> found = caravan.tasks(pull.path("id").asText()).stream()
                .filter(task -> task.path("resource_type").asText().equals(type))
                .toList();
        assertThat(found).as("tasks of " + type).hasSize(1);
        return found.get(0);
    }

    /** {@code type/id} of everything in the store of the organization. */
    List<String> stored() {
        return database.sql("SELECT type || '/' || id FROM resource_record WHERE org_id = :org ORDER BY 1")
                .param("org", caravan.org())
                .query(String.class)
                .list();
    }

    List<String> stored(String type) {
        return stored().stream().filter(key -> key.startsWith(type + "/")).toList();
    }

    String newDestination(S3Server store, String bucket, String prefix) {
        return caravan.newDestination(caravan.bucket("Lake", store, bucket, prefix))
                .ok()
                .path("id")
                .asText();
    }

    /** The body of a problem, whose form and words are checked on the way. */
    static JsonNode problem(CaravanDriver.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.headers().get("content-type")).first().asString().startsWith("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("code").asText()).isEqualTo(code);
        assertThat(problem.path("request_id").asText()).startsWith("req_");
        readable(problem.path("detail").asText());
        return problem;
    }

    /** A sentence for people: none of the innards. */
    static void readable(String message) {
        assertThat(message)
                .isNotBlank()
                .doesNotContain("Exception", "java.", "org.apache", "io.caravan", "software.amazon", "\n", "null");
    }

    static void failedWith(JsonNode failed, String code) {
        assertThat(failed.path("error").path("code").asText())
                .as(failed.toString())
                .isEqualTo(code);
        readable(failed.path("error").path("message").asText());
    }

    /** The retry of this run, once it has ended. */
    JsonNode retry(JsonNode run) {
        CaravanDriver.Answer answer = postRetry(run);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        String retry = answer.json().path("id").asText();
        assertThat(answer.json().path("retry_of").asText())
                .isEqualTo(run.path("id").asText());
        assertThat(answer.headers().get("location")).first().asString().endsWith("/runs/" + retry);
        return caravan.awaitRun(retry);
    }

    CaravanDriver.Answer postRetry(JsonNode run) {
        return caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of());
    }

    /** The sums of the run, and that they add up for each type. */
    void counts(JsonNode run, int selected, int delivered, int superseded, int failed) {
        JsonNode all = run.path("resources");
        assertThat(List.of(
                        all.path("selected").asInt(),
                        all.path("delivered").asInt(),
                        all.path("superseded").asInt(),
                        all.path("failed").asInt()))
                .as("selected, delivered, superseded, failed of %s", run)
                .containsExactly(selected, delivered, superseded, failed);
        for (JsonNode type : caravan.run(run.path("id").asText()).path("types")) {
            assertThat(type.path("delivered").asInt()
                            + type.path("superseded").asInt()
                            + type.path("failed").asInt())
                    .as(type.toString())
                    .isEqualTo(type.path("selected").asInt());
        }
    }

    static void statusIs(JsonNode ended, String status) {
        assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo(status);
    }

    static Map<String, JsonNode> steps(JsonNode tested) {
        Map<String, JsonNode> steps = new HashMap<>();
        tested.path("steps").forEach(step -> steps.put(step.path("name").asText(), step));
        return steps;
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    static JsonNode manifest(S3Server store, String bucket, String prefix, String run) {
        return CaravanDriver.parse(
                new String(store.bytes(bucket, prefix + "/" + run + "/manifest.json"), StandardCharsets.UTF_8));
    }

    /** {@code type/id} of every line that the run delivered. */
    static List<String> delivered(S3Server store, String bucket, String prefix, String run) {
        return store.keys(bucket, prefix + "/" + run + "/").stream()
                .filter(key -> key.endsWith(".ndjson"))
                .flatMap(key -> store.lines(bucket, key).stream())
                .map(CaravanDriver::parse)
                .map(json -> json.path("resourceType").asText() + "/"
                        + json.path("id").asText())
                .sorted()
                .toList();
    }
}
