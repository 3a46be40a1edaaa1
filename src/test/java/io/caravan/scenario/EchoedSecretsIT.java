package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.EchoServer;
import io.caravan.testing.EchoServer.Refusal;
import io.caravan.testing.GcsServer;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.management.JMException;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/**
 * Destinations of every kind that repeat in their refusals what they were sent, end connections, and are gone: no secret
 * that was sent, or that proves something, is found anywhere afterwards.
 */
class EchoedSecretsIT extends FaultScenario {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String XML =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>AuthenticationFailed</Code><Message>You sent %s</Message></Error>";
    private static final String OUTCOME =
            "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"login\",\"diagnostics\":\"You sent %s\"}]}";
    private static final String ENTRY =
            "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{\"response\":{\"status\":\"422\",\"outcome\":"
                    + OUTCOME + "}}]}";
    private static final String GOOGLE =
            "{\"error\":{\"code\":401,\"message\":\"You sent %s\",\"errors\":[{\"reason\":\"authError\",\"message\":\"You sent %s\"}]}}";

    private final String mark = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    private final String token = "canary-bearer/" + mark;
    private final String clientSecret = "canary-client-" + mark;
    private final String accessKey = "CANARYKEY" + mark;
    private final String secret = "canary-secret-" + mark;
    private final String sessionToken = "canary-session-" + mark;
    private final String hmacKey = "GOOGCANARY" + mark;
    private final String hmacSecret = "canary-hmac-" + mark;
    private final String accountKey =
            Base64.getEncoder().encodeToString(("canary-account-key-" + mark).getBytes(StandardCharsets.UTF_8));
    private final String signature = "canarysig" + mark + "%3D";

    private final EchoServer fhir = EchoServer.start(new Refusal(401, "application/fhir+json", OUTCOME));
    private final EchoServer xml = EchoServer.start(new Refusal(401, "application/xml", XML));
    private final EchoServer google = EchoServer.start(new Refusal(401, "application/json", GOOGLE));
    private final List<CaravanDriver.Answer> answers = new ArrayList<>();

    @Autowired
    private CamelContext camel;

    private Untested untested;

    @Autowired
    void saveBy(Destinations destinations, DestinationForms forms) {
        untested = new Untested(destinations, forms);
    }

    @Value("${caravan.data-dir}")
    private Path dataDir;

    @Test
    void what_a_destination_repeats_of_its_credentials_is_found_nowhere() throws JMException {
        try (Traces traces = new Traces()
                        .debug("io.caravan", "org.apache.camel", "org.apache.hc", "org.apache.http")
                        .debug("com.azure", "com.google", "software.amazon", "ca.uhn");
                OAuthServer oauth = OAuthServer.start();
                GcsServer tokens = GcsServer.start();
                SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}")) {
            oauth.confidentialClient("clinic", clientSecret, Duration.ofHours(1));
            pull(source, PATIENT);
            caravan.onAnswer(answers::add);
            Map<String, Map<String, Object>> kinds = kinds(oauth, tokens);
            kinds.forEach((name, body) -> untested.save(caravan.org(), name, body));

            allFail(1, "destination_unauthorized");
            assertThat(messages())
                    .as("said, and masked")
                    .allMatch(said -> said.contains("You sent") && said.contains("***"));
            kinds.values()
                    .forEach(body -> caravan.post(caravan.path("/destinations/test"), body)
                            .ok());
            fhir.refuse(new Refusal(200, "application/fhir+json", ENTRY));
            xml.refuse(Refusal.NONE);
            google.refuse(Refusal.NONE);
            retryAll();
            assertThat(caravan.all("/runs").stream().limit(kinds.size()))
                    .extracting(run -> run.at("/error/code").asText())
                    .contains("destination_unreachable", "resources_refused");
            lookAround();
            List.of(fhir, xml, google).forEach(EchoServer::close);
            retryAll();
            kinds.values()
                    .forEach(body -> caravan.post(caravan.path("/destinations/test"), body)
                            .ok());
            lookAround();

            List<String> canaries = canaries(tokens);
            nowhere(canaries, "log lines", traces.logged());
            nowhere(
                    canaries,
                    "endpoints",
                    camel.getEndpoints().stream()
                            .map(e -> e.getEndpointUri() + " " + e)
                            .toList());
            nowhere(canaries, "MBeans", Traces.beans());
            nowhere(
                    canaries,
                    "answers",
                    answers.stream().map(CaravanDriver.Answer::toString).toList());
            for (String canary : canaries) {
                assertThat(Traces.filesWith(TestDatabase.filesOnDisk(), canary))
                        .as(canary)
                        .isEmpty();
                assertThat(Traces.filesWith(dataDir, canary)).as(canary).isEmpty();
            }
            assertThat(Traces.filesWith(TestDatabase.filesOnDisk(), "You sent"))
                    .as("the search works")
                    .isNotEmpty();
        }
    }

    private Map<String, Map<String, Object>> kinds(OAuthServer oauth, GcsServer tokens) {
        Map<String, Map<String, Object>> kinds = new LinkedHashMap<>();
        kinds.put("Bearer", server(Map.of("auth", "bearer", "token", token)));
        kinds.put(
                "OAuth",
                server(Map.of(
                        "auth",
                        "oauth2",
                        "token_endpoint",
                        oauth.tokenEndpoint().toString(),
                        "client_id",
                        "clinic",
                        "client_secret",
                        clientSecret)));
        kinds.put(
                "S3",
                store(
                        "s3_compatible",
                        xml.address(),
                        Map.of("access_key", accessKey, "secret", secret, "session_token", sessionToken)));
        kinds.put("HMAC", store("gcs", xml.address(), Map.of("access_key", hmacKey, "secret", hmacSecret)));
        kinds.put(
                "Azure key",
                store(
                        "azure",
                        xml.address().resolve("/canarylake"),
                        Map.of("access_key", "canarylake", "secret", accountKey)));
        kinds.put(
                "Azure SAS",
                store(
                        "azure",
                        xml.address().resolve("/canarylake"),
                        Map.of("sas_token", "sv=2021-08-06&sp=rwdl&sig=" + signature)));
        kinds.put("Google", store("gcs", google.address(), tokens.credentials()));
        return kinds;
    }

    private Map<String, Object> server(Map<String, String> credentials) {
        return Map.of(
                "type",
                "fhir",
                "name",
                "Clinic",
                "settings",
                Map.of("base_url", fhir.address() + "/fhir"),
                "credentials",
                credentials);
    }

    private static Map<String, Object> store(String vendor, URI endpoint, Map<String, String> credentials) {
        return Untested.store(vendor, endpoint, "lake", credentials);
    }

    private void allFail(int runs, String code) {
        for (JsonNode destination : caravan.all("/destinations")) {
            JsonNode run =
                    caravan.awaitRuns(destination.path("id").asText(), runs).get(0);
            statusIs(run, "failed");
            failedWith(run, code);
        }
    }

    private void retryAll() {
        List<String> started = new ArrayList<>();
        for (JsonNode destination : caravan.all("/destinations")) {
            JsonNode latest = caravan.runs(destination.path("id").asText()).get(0);
            started.add(caravan.post(caravan.path("/runs/" + latest.path("id").asText() + "/retry"), Map.of())
                    .ok()
                    .path("id")
                    .asText());
        }
        started.forEach(run -> statusIs(caravan.awaitRun(run), "failed"));
    }

    private List<String> messages() {
        return caravan.all("/runs").stream()
                .map(run -> run.at("/error/message").asText())
                .toList();
    }

    private void lookAround() {
        caravan.get(caravan.path("/summary")).ok();
        for (JsonNode run : caravan.all("/runs")) {
            caravan.run(run.path("id").asText());
            caravan.items(run.path("id").asText());
            caravan.rejections(run.path("id").asText());
        }
    }

    /** What was entered, and what was issued: the servers have seen it. */
    private List<String> canaries(GcsServer tokens) {
        List<String> sent = new ArrayList<>(List.of(token, accessKey, hmacKey, sessionToken, signature));
        String seen = String.join("\n", fhir.seen()) + String.join("\n", xml.seen()) + String.join("\n", google.seen());
        assertThat(sent).as("what the servers were sent").allMatch(seen::contains);
        List<String> canaries = new ArrayList<>(sent);
        for (EchoServer server : List.of(fhir, google)) {
            server.seen().stream()
                    .map(request -> request.replaceFirst("(?s).*Authorization: Bearer ([^ ,|]+).*", "$1"))
                    .forEach(canaries::add);
        }
        assertThat(canaries).hasSizeGreaterThan(sent.size() + 2);
        canaries.addAll(List.of(clientSecret, secret, hmacSecret, accountKey));
        canaries.addAll(tokens.secrets());
        return canaries.stream().distinct().toList();
    }

    /** An id of the organization is found by the same search. */
    private void nowhere(List<String> canaries, String what, Collection<String> texts) {
        String control = caravan.all("/destinations").get(0).path("id").asText();
        assertThat(texts).as(what + ": the search works").anyMatch(text -> text.contains(control));
        for (String canary : canaries) {
            assertThat(texts.stream().filter(text -> text.contains(canary)).toList())
                    .as(what + " with " + canary)
                    .isEmpty();
        }
    }
}
