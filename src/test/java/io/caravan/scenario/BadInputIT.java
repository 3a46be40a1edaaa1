package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Destinations and requests that are wrong: refused with what is wrong, and nothing saved. */
class BadInputIT extends FaultScenario {

    @Test
    void a_wrong_secret_fails_at_the_bucket_in_the_stores_own_words_and_nothing_is_saved() {
        JsonNode problem =
                problem(create(Map.of(), Map.of("secret", "canary-wrong-secret")), 422, "destination_test_failed");

        Map<String, JsonNode> steps = steps(problem);
        assertThat(steps.get("name").path("outcome").asText()).isEqualTo("passed");
        assertThat(steps.get("tls").path("outcome").asText()).isEqualTo("warning");
        JsonNode failed = steps.get("bucket");
        assertThat(failed.path("outcome").asText()).isEqualTo("failed");
        assertThat(failed.path("detail").asText()).contains("403", "SignatureDoesNotMatch");
        assertThat(failed.path("advice").asText()).contains("secret");
        for (String later : List.of("write-probe", "read-probe", "delete-probe")) {
            assertThat(steps.get(later).path("outcome").asText()).as(later).isEqualTo("skipped");
        }
        assertThat(problem.toString()).doesNotContain("canary");
        nothingIsSaved();
    }

    @Test
    void a_missing_bucket_fails_with_the_advice_to_create_it() {
        JsonNode problem =
                problem(create(Map.of("bucket", "no-such-bucket"), Map.of()), 422, "destination_test_failed");

        JsonNode failed = failedStep(problem);
        assertThat(failed.path("name").asText()).isEqualTo("bucket");
        assertThat(failed.path("detail").asText()).contains("404", "NoSuchBucket");
        assertThat(failed.path("advice").asText()).contains("bucket");
        nothingIsSaved();
    }

    @Test
    void an_endpoint_where_nobody_listens_fails_and_says_so() {
        JsonNode problem = problem(
                create(Map.of("endpoint", "http://127.0.0.1:" + closedPort()), Map.of()),
                422,
                "destination_test_failed");

        JsonNode failed = failedStep(problem);
        readable(failed.path("detail").asText());
        assertThat(failed.path("detail").asText()).contains("cannot be reached");
        assertThat(failed.path("advice").asText()).contains("port");
        nothingIsSaved();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/", "http://[fe80::1]:9000", "http://0.0.0.0:9000"})
    void an_endpoint_that_the_network_guard_refuses_names_the_setting_that_would_allow_it(String endpoint) {
        JsonNode problem = problem(create(Map.of("endpoint", endpoint), Map.of()), 422, "destination_test_failed");

        JsonNode failed = failedStep(problem);
        assertThat(failed.path("name").asText()).isEqualTo("name");
        assertThat(failed.path("detail").asText()).contains("caravan.http.allow");
        assertThat(failed.path("advice").asText()).isNotBlank();
        nothingIsSaved();
    }

    @Test
    void the_same_test_without_saving_answers_200_with_the_steps() {
        CaravanDriver.Answer tested =
                caravan.post(caravan.path("/destinations/test"), body(Map.of(), Map.of("secret", "wrong")));

        assertThat(tested.status()).isEqualTo(200);
        assertThat(tested.json().path("passed").asBoolean()).isFalse();
        assertThat(failedStep(tested.json()).path("name").asText()).isEqualTo("bucket");
        nothingIsSaved();
    }

    @ParameterizedTest
    @ValueSource(strings = {"${sysenv.PATH}", "${body}", "a b", "a/../b", "/a", "a//b", "{{caravan.data-dir}}"})
    void a_prefix_that_is_more_than_a_name_is_refused_before_the_store_is_asked(String prefix) {
        try (S3Server store = S3Server.start()) {
            store.createBucket("lake");
            Map<String, Object> settings = Map.of("endpoint", store.endpoint().toString(), "prefix", prefix);

            JsonNode problem = problem(create(settings, Map.of()), 422, "invalid_field");

            assertThat(problem.at("/errors/0/field").asText()).isEqualTo("settings.prefix");
            assertThat(problem.toString()).doesNotContain("sysenv", "data-dir");
            assertThat(store.requests()).isEmpty();
        }
        nothingIsSaved();
    }

    @Test
    void a_test_leaves_nothing_in_the_bucket() {
        try (S3Server store = S3Server.start()) {
            store.createBucket("lake");

            newDestination(store, "lake", "probed");

            assertThat(store.count(request -> request.isPut() && request.status() == 200))
                    .isEqualTo(1);
            assertThat(store.keys("lake", "")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"name\": \"canary",
                "[{\"name\": \"canary\"}]",
                "\"canary\"",
                "canary",
                "{\"name\": {\"canary\": 1}, \"type\": \"object_storage\"}",
                "{\"name\": \"a\", \"type\": \"object_storage\", \"settings\": \"canary\"}",
                "{\"name\": \"a\", \"type\": \"object_storage\", \"settings\": {}, \"credentials\": [\"canary\"]}",
                "{\"name\": \"a\", \"type\": \"object_storage\", \"settings\": {\"bucket\": [\"canary\"]}}",
                "{\"name\": \"a\", \"type\": \"object_storage\", \"settings\": {\"endpoint\": \"::canary::\"}}",
                "{\"name\": \"a\", \"type\": \"canary\", \"settings\": {}}",
                "{\"name\": \"a\", \"unknown\": \"canary\"}"
            })
    void a_malformed_body_is_a_problem_that_repeats_nothing_of_it(String body) {
        for (String path : List.of("/destinations", "/destinations/test", "/sources", "/connections")) {
            refused(caravan.send("POST", caravan.path(path), body, "application/json"));
        }
        nothingIsSaved();
    }

    @Test
    void a_body_of_two_megabytes_is_refused() {
        String body = "{\"name\": \"canary" + "x".repeat(2_000_000) + "\"}";

        refused(caravan.send("POST", caravan.path("/destinations"), body, "application/json"));
        nothingIsSaved();
    }

    private void refused(CaravanDriver.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isIn(400, 422);
        JsonNode problem =
                problem(answer, answer.status(), answer.json().path("code").asText());
        assertThat(problem.path("code").asText()).isIn("malformed_body", "invalid_request", "invalid_field");
        assertThat(answer.text()).doesNotContain("canary", "Exception", "at io.", "jackson");
        assertThat(answer.text().length()).isLessThan(2_000);
    }

    private CaravanDriver.Answer create(Map<String, Object> settings, Map<String, Object> credentials) {
        return caravan.newDestination(body(settings, credentials));
    }

    /** The right body, but for these. */
    private Map<String, Object> body(Map<String, Object> settings, Map<String, Object> credentials) {
        Map<String, Object> body = new HashMap<>(caravan.bucket("Lake", s3, "lake", "wrong"));
        body.put("settings", changed(body.get("settings"), settings));
        body.put("credentials", changed(body.get("credentials"), credentials));
        return body;
    }

    private static Map<Object, Object> changed(Object right, Map<String, Object> wrong) {
        Map<Object, Object> merged = new HashMap<>((Map<?, ?>) right);
        merged.putAll(wrong);
        return merged;
    }

    private static JsonNode failedStep(JsonNode tested) {
        return steps(tested).values().stream()
                .filter(step -> step.path("outcome").asText().equals("failed"))
                .findFirst()
                .orElseThrow();
    }

    private void nothingIsSaved() {
        assertThat(caravan.all("/destinations")).isEmpty();
        assertThat(caravan.all("/runs")).isEmpty();
        assertThat(caravan.all("/sources")).isEmpty();
        assertThat(s3.keys("lake", "wrong")).isEmpty();
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
