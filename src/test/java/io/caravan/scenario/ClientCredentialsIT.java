package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TokenFault;
import io.caravan.testing.TokenRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A FHIR server that wants tokens, which an authorization server gives for client credentials: who asks for them, and when. */
class ClientCredentialsIT extends FaultScenario {

    private static final String CLIENT = "clinic";
    private static final String SECRET = "clinic secret: +/%&ü"; // what each way of sending it has to escape
    private static final List<String> ONE_RANK = List.of("AllergyIntolerance", "Condition", "Specimen");

    private static final Duration SHORT = Duration.ofSeconds(3);

    private static OAuthServer oauth;

    private HapiServer hapi;
    private SourceSimulator source;
    private String connection;

    @BeforeAll
    static void startOAuth() {
        oauth = OAuthServer.start();
    }

    @AfterAll
    static void stopOAuth() {
        oauth.close();
    }

    @BeforeEach
    void startServers() {
        hapi = HapiServer.start();
        oauth.confidentialClient(CLIENT, SECRET, Duration.ofHours(1));
        hapi.requireToken(oauth::accepts);
        source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
        ONE_RANK.forEach(type -> source.put(resource(type, "first")));
        connection = pull(source, PATIENT).path("connection_id").asText();
    }

    @AfterEach
    void stopServers() {
        source.close();
        hapi.close();
        oauth.clearFaults();
    }

    @ParameterizedTest
    @CsvSource({"basic, system/*.cruds", "basic,", "post, system/*.cruds", "post,"})
    void one_token_carries_a_whole_run_whichever_way_the_client_proves_itself(String how, String scope) {
        int before = oauth.requests().size();
        JsonNode run = caravan.awaitRuns(saved(credentials(SECRET, how, scope), Map.of("bundle_entries", 1)), 1)
                .get(0);

        statusIs(run, "succeeded");
        assertThat(hapi.names()).hasSize(stored().size());
        assertThat(hapi.bundles()).hasSizeGreaterThan(stored().size());
        List<TokenRequest> all = oauth.requests();
        List<TokenRequest> asked = all.subList(before, all.size());
        assertThat(asked).as("one for the test, one for the run").hasSize(2).allSatisfy(request -> {
            assertThat(request.grantType()).isEqualTo("client_credentials");
            assertThat(request.parameters().get("scope")).isEqualTo(scope);
            assertThat(request.parameters().get("client_secret")).isEqualTo(how.equals("post") ? SECRET : null);
            assertThat(request.authorization().startsWith("Basic ")).isEqualTo(how.equals("basic"));
        });
    }

    @Test
    void the_next_run_uses_the_token_that_the_last_one_got() {
        String destination = delivered(credentials(SECRET, "basic", null));
        int before = oauth.requests().size();

        changeAll("again");
        statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");

        assertThat(oauth.requests()).hasSize(before);
    }

    @Test
    void items_that_find_the_token_expired_wait_for_one_request() {
        oauth.confidentialClient(CLIENT, SECRET, SHORT);
        String destination = delivered(credentials(SECRET, "post", null));
        String old = lastToken();
        Awaitility.await("the token's end").until(() -> !oauth.accepts(old));
        oauth.confidentialClient(CLIENT, SECRET, Duration.ofHours(1));
        int before = oauth.requests().size();
        oauth.fail(TokenFault.stall(), 1);

        changeAll("late");
        String run = caravan.runs(destination).get(0).path("id").asText();
        Awaitility.await("all items wait for a token")
                .until(() -> running(run) == ONE_RANK.size() && oauth.requests().size() > before);
        oauth.release();

        statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");
        assertThat(oauth.requests()).hasSize(before + 1);
        assertThat(hapi.bundles()).extracting(FhirRequest::status).doesNotContain(401);
    }

    @Test
    void a_token_that_is_refused_is_replaced_once_and_its_bundles_are_sent_again_once() {
        String destination = delivered(credentials(SECRET, "basic", null));
        int before = oauth.requests().size();
        oauth.revoke(lastToken());
        hapi.forgetRequests();

        changeAll("late");

        JsonNode run = caravan.awaitRuns(destination, 2).get(0);
        statusIs(run, "succeeded");
        assertThat(oauth.requests()).hasSize(before + 1);
        List<FhirRequest> refused =
                hapi.bundles().stream().filter(b -> b.status() == 401).toList();
        assertThat(refused).isNotEmpty();
        for (FhirRequest bundle : refused) {
            assertThat(hapi.bundles().stream()
                            .filter(b -> b.status() != 401 && b.entries().equals(bundle.entries())))
                    .as("sent again: " + bundle.entries())
                    .hasSize(1);
        }
        assertThat(caravan.items(run.path("id").asText()))
                .allSatisfy(item -> assertThat(item.path("attempts").asInt()).isEqualTo(1));
    }

    @Test
    void a_server_that_refuses_the_new_token_too_fails_the_run_and_is_not_asked_a_third_time() {
        String destination = delivered(credentials(SECRET, "basic", null));
        int before = oauth.requests().size();
        hapi.forgetRequests();
        hapi.requireToken(token -> false);

        changeOne();
        JsonNode run = caravan.awaitRuns(destination, 2).get(0);

        statusIs(run, "failed");
        failedWith(run, "destination_unauthorized");
        assertThat(run.at("/error/message").asText()).contains("answered 401: no token, or none that is valid");
        assertThat(oauth.requests()).hasSize(before + 1);
        assertThat(hapi.requests()).hasSize(2);
    }

    @Test
    void a_wrong_secret_fails_the_token_step_and_saves_nothing() {
        JsonNode refused = problem(
                caravan.newDestination(body(credentials("wrong", "basic", null), Map.of())),
                422,
                "destination_test_failed");
        tokenStepFailed(refused);
        assertThat(caravan.all("/destinations")).isEmpty();

        String destination = delivered(credentials(SECRET, "basic", null));
        CaravanDriver.Answer changed = caravan.patch(
                caravan.path("/destinations/" + destination),
                Map.of("credentials", credentials("wrong", "post", null)));
        tokenStepFailed(problem(changed, 422, "destination_test_failed"));
        changeOne();
        statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");
    }

    @Test
    void a_token_endpoint_that_is_down_for_a_while_delays_the_run_and_no_more() {
        oauth.confidentialClient(CLIENT, SECRET, SHORT);
        String destination = delivered(credentials(SECRET, "basic", null));
        String old = lastToken();
        Awaitility.await("the token's end").until(() -> !oauth.accepts(old));
        oauth.confidentialClient(CLIENT, SECRET, Duration.ofHours(1));
        int before = oauth.requests().size();
        oauth.fail(TokenFault.status(502), 1);
        oauth.fail(TokenFault.answerLost(), 1);

        changeOne();

        JsonNode run = caravan.awaitRuns(destination, 2).get(0);
        statusIs(run, "succeeded");
        assertThat(oauth.requests())
                .as("two that failed, one that gave a token")
                .hasSize(before + 3);
        assertThat(hapi.names()).contains("Condition/late");
    }

    private static void tokenStepFailed(JsonNode problem) {
        JsonNode step = steps(problem).get("token");
        assertThat(step.path("outcome").asText()).as(problem.toString()).isEqualTo("failed");
        assertThat(step.path("detail").asText()).contains("invalid_client");
        assertThat(step.path("advice").asText()).startsWith("Check the client id, its secret and the scope");
        assertThat(steps(problem).get("capability").path("outcome").asText()).isEqualTo("skipped");
        assertThat(problem.toString()).doesNotContain("\"wrong\"");
    }

    private Map<String, Object> credentials(String secret, String how, String scope) {
        Map<String, Object> credentials = new HashMap<>();
        credentials.put("auth", "oauth2");
        credentials.put("token_endpoint", oauth.tokenEndpoint().toString());
        credentials.put("client_id", CLIENT);
        credentials.put("client_secret", secret);
        credentials.put("client_auth", how);
        if (scope != null) {
            credentials.put("scope", scope);
        }
        return credentials;
    }

    private Map<String, Object> body(Map<String, Object> credentials, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("concurrency", ONE_RANK.size());
        Map<String, Object> body = new HashMap<>(caravan.fhirServer("Clinic", hapi.baseUrl(), all));
        body.put("credentials", credentials);
        return body;
    }

    private String saved(Map<String, Object> credentials, Map<String, Object> settings) {
        return caravan.newDestination(body(credentials, settings))
                .ok()
                .path("id")
                .asText();
    }

    /** A destination to which everything that there is has been delivered. */
    private String delivered(Map<String, Object> credentials) {
        String destination = saved(credentials, Map.of());
        statusIs(caravan.awaitRuns(destination, 1).get(0), "succeeded");
        return destination;
    }

    /** Types of one rank have something new: as many items, which may go at once. */
    private void changeAll(String id) {
        ONE_RANK.forEach(type -> source.put(resource(type, id)));
        caravan.awaitPull(caravan.pullNow(connection));
    }

    private void changeOne() {
        source.put(resource("Condition", "late"));
        caravan.awaitPull(caravan.pullNow(connection));
    }

    private static String resource(String type, String id) {
        String who = type.equals("AllergyIntolerance") ? "patient" : "subject";
        return "{\"resourceType\":\"%s\",\"id\":\"%s\",\"%s\":{\"reference\":\"Patient/p1\"}}".formatted(type, id, who);
    }

    private String lastToken() {
        List<FhirRequest> requests = hapi.requests();
        return requests.get(requests.size() - 1).headers().get("authorization").substring("Bearer ".length());
    }

    private int running(String run) {
        return (int) caravan.items(run).stream()
                .filter(item -> item.path("status").asText().equals("running"))
                .count();
    }
}
