package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.management.JMException;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Secrets that nothing else is like go the whole way, also where it fails; then every place is searched for them. */
class CanaryIT extends FaultScenario {

    private final String mark = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    private final String bucket = "lake-" + mark;
    private final String token = "canary-token-" + mark;
    private final String refreshToken = "canary-refresh-" + mark;
    private final String clientSecret = "canary-client-" + mark;
    private final String wrongToken = "canary-wrong-token-" + mark;
    private final String accessKey = "CANARYKEY" + mark;
    private final String secret = "canary-secret-" + mark;
    private final String wrongSecret = "canary-wrong-secret-" + mark;
    private final List<String> issued = new ArrayList<>();
    private final List<CaravanDriver.Answer> answers = new ArrayList<>();

    @Autowired
    private CamelContext camel;

    @Value("${caravan.data-dir}")
    private Path dataDir;

    @Test
    void no_secret_is_left_in_logs_endpoints_beans_answers_database_files_or_the_data_directory() throws JMException {
        try (Traces traces = new Traces().debug("io.caravan", "org.apache.camel");
                S3Server store = S3Server.start();
                OAuthServer oauth = OAuthServer.start();
                SourceSimulator source = smallSource()) {
            oauth.confidentialClient("caravan", clientSecret, Duration.ofMinutes(5));
            source.acceptTokens(given -> given.equals(token) || oauth.accepts(given));
            caravan.onAnswer(answers::add);
            wholeWayWithFailures(store, oauth, source);

            nowhere("log lines", traces.logged());
            nowhere(
                    "endpoints",
                    camel.getEndpoints().stream()
                            .map(e -> e.getEndpointUri() + " " + e)
                            .toList());
            nowhere("MBeans", Traces.beans());
            nowhere(
                    "answers",
                    answers.stream().map(CaravanDriver.Answer::toString).toList());
            inNoFileOf(TestDatabase.filesOnDisk(), bucket);
            inNoFileOf(dataDir, "primaryKeyId");
        }
    }

    @Test
    void no_log_line_names_a_patient_when_caravan_tells_all_it_does() {
        try (Traces traces = new Traces().debug("io.caravan");
                S3Server store = S3Server.start();
                SourceSimulator source = SourceSimulator.synthea()) {
            source.fail(request -> request.isSearch("Observation")).with(Fault.everybodysRecords());
            source.fail(request -> request.isSearch("Condition"))
                    .with(Fault.answer(
                            200,
                            "application/fhir+json",
                            SyntheaLines.of("Patient").get(0) + "oops"));
            store.createBucket("lake");
            String destination = newDestination(store, "lake", "patients");
            caravan.awaitRuns(destination, 1);
            store.failPuts(400, 1);
            JsonNode pull = pull(source, source.patients().get(0));
            statusIs(pull, "partial");
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);
            statusIs(run, "partial");

            LoggerFactory.getLogger("io.caravan.control").debug("the search works");
            assertThat(traces.logged()).anyMatch(line -> line.contains("the search works"));
            Set<String> names = familyNames();
            assertThat(names).hasSizeGreaterThan(5);
            assertThat(traces.logged())
                    .noneMatch(line -> names.stream().anyMatch(line::contains))
                    .noneMatch(line -> line.contains("\"resourceType\""));
            assertThat(run.toString() + pull).doesNotContain(names);
        }
    }

    private void wholeWayWithFailures(S3Server store, OAuthServer oauth, SourceSimulator source) {
        store.createBucket(bucket);
        store.changeKey(accessKey, secret);
        Map<String, Object> wrong = new HashMap<>(caravan.bucket("Lake", store, bucket, "out"));
        wrong.put("credentials", Map.of("access_key", accessKey, "secret", wrongSecret));
        assertThat(caravan.newDestination(wrong).status()).isEqualTo(422);
        caravan.post(caravan.path("/destinations/test"), wrong).ok();
        String destination = newDestination(store, bucket, "out");
        caravan.awaitRuns(destination, 1);
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        JsonNode refused =
                connect(registered, Map.of("access_token", wrongToken, "refresh_token", refreshToken), oauth);
        statusIs(caravan.awaitPull(refused.at("/latest_pull/id").asText()), "failed");
        store.failPuts(400, 1);
        refreshed(registered, oauth);
        JsonNode partial = caravan.awaitRuns(destination, 2).get(0);
        statusIs(partial, "partial");
        caravan.post(caravan.path("/runs/" + partial.path("id").asText() + "/retry"), Map.of())
                .ok();
        statusIs(caravan.awaitRuns(destination, 3).get(0), "succeeded");
        JsonNode connected = connect(registered, Map.of("access_token", token, "refresh_token", refreshToken), oauth);
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
        rotatedAndTakenBack(store, source, destination, connected.path("id").asText());
        lookAround(destination, connected);
    }

    /** The store refuses the secret that it took before: a run fails on it, and a retry succeeds. */
    private void rotatedAndTakenBack(S3Server store, SourceSimulator source, String destination, String connection) {
        store.changeKey(accessKey, "another-secret");
        source.put(record("Observation", "late", PATIENT));
        caravan.awaitPull(caravan.pullNow(connection));
        JsonNode failed = caravan.awaitRuns(destination, 4).get(0);
        failedWith(failed, "destination_unauthorized");
        store.changeKey(accessKey, secret);
        caravan.post(caravan.path("/runs/" + failed.path("id").asText() + "/retry"), Map.of())
                .ok();
        statusIs(caravan.awaitRuns(destination, 5).get(0), "succeeded");
    }

    /** A pull gets a token of its own: what the server issues is looked for as well. */
    private void refreshed(String registered, OAuthServer oauth) {
        OAuthGrant grant = oauth.grant("caravan", "patient/*.read");
        issued.addAll(List.of(grant.accessToken(), grant.refreshToken()));
        Map<String, String> tokens = Map.of(
                "access_token", grant.accessToken(),
                "expires_at", Instant.now().toString(),
                "refresh_token", grant.refreshToken());
        JsonNode connection = connect(registered, tokens, oauth);
        statusIs(caravan.awaitPull(connection.at("/latest_pull/id").asText()), "completed");
    }

    private JsonNode connect(String registered, Map<String, String> tokens, OAuthServer oauth) {
        Map<String, Object> credentials = new HashMap<>(tokens);
        credentials.put("token_endpoint", oauth.tokenEndpoint().toString());
        credentials.put("client_id", "caravan");
        credentials.put("client_secret", clientSecret);
        return caravan.post(
                        caravan.path("/connections"),
                        Map.of("source_id", registered, "patient_id", PATIENT, "credentials", credentials))
                .ok();
    }

    private void lookAround(String destination, JsonNode connection) {
        caravan.get(caravan.path("/destinations/" + destination)).ok();
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("name", "Renamed"))
                .ok();
        caravan.get(caravan.path("/connections/" + connection.path("id").asText()))
                .ok();
        caravan.get(caravan.path("/summary")).ok();
        for (String list :
                List.of("/destinations", "/connections", "/sources", "/runs", "/pulls", "/destination-types")) {
            caravan.get(caravan.path(list)).ok();
        }
        caravan.all("/runs").forEach(run -> caravan.items(run.path("id").asText()));
        caravan.all("/pulls").forEach(pull -> caravan.tasks(pull.path("id").asText()));
    }

    /** The bucket's name is found by the same search: it would have found a secret. */
    private void nowhere(String what, Collection<String> texts) {
        assertThat(texts).as(what + ": the search works").anyMatch(text -> text.contains(bucket));
        for (String canary : canaries()) {
            assertThat(texts.stream().filter(text -> text.contains(canary)).toList())
                    .as(what)
                    .isEmpty();
        }
    }

    private void inNoFileOf(Path folder, String control) {
        assertThat(Traces.filesWith(folder, control))
                .as(folder + ": the search works")
                .isNotEmpty();
        for (String canary : canaries()) {
            assertThat(Traces.filesWith(folder, canary)).as(folder.toString()).isEmpty();
        }
    }

    private List<String> canaries() {
        List<String> all =
                new ArrayList<>(List.of(token, refreshToken, clientSecret, wrongToken, accessKey, secret, wrongSecret));
        all.addAll(issued);
        return all;
    }

    private static Set<String> familyNames() {
        Set<String> names = new HashSet<>();
        SyntheaLines.of("Patient").stream()
                .map(CaravanDriver::parse)
                .forEach(patient -> patient.path("name")
                        .forEach(name -> names.add(name.path("family").asText())));
        return names;
    }
}
