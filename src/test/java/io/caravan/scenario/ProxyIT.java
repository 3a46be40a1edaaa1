package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.AzureServer;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CloudServer;
import io.caravan.testing.ForwardProxy;
import io.caravan.testing.GcsServer;
import io.caravan.testing.HapiServer;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestAuthority;
import io.caravan.testing.TlsFront;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Behind a forward proxy: everything goes through it, and nothing that is refused gets as far. */
@DirtiesContext
class ProxyIT extends FaultScenario {

    /** A name that the proxy alone knows. */
    private static final String INSIDE = "fhir.invalid";

    private static final ForwardProxy PROXY = ForwardProxy.start();

    @TempDir
    private static Path folder;

    private static TestAuthority authority;

    @DynamicPropertySource
    static void proxy(DynamicPropertyRegistry registry) {
        PROXY.knows(INSIDE);
        registry.add("caravan.http.proxy", PROXY::address);
        registry.add("caravan.http.ca-certificates", () -> {
            authority = TestAuthority.in(folder);
            return folder;
        });
        registry.add("caravan.http.allow", () -> "127.0.0.0/8," + INSIDE);
    }

    @AfterAll
    static void stopProxy() {
        PROXY.close();
    }

    @Test
    void a_pull_and_its_token_call_go_through_the_proxy() {
        try (OAuthServer oauth = OAuthServer.start();
                SourceSimulator source = smallSource()) {
            oauth.confidentialClient("caravan", "client-secret", Duration.ofMinutes(5));
            OAuthGrant grant = oauth.grant("caravan", "patient/*.read");
            source.acceptTokens(oauth::accepts);
            String registered =
                    caravan.newSource("General", source.baseUrl()).path("id").asText();
            Map<String, Object> credentials = Map.of(
                    "access_token", grant.accessToken(),
                    "expires_at", Instant.now().plusSeconds(10).toString(),
                    "refresh_token", grant.refreshToken(),
                    "token_endpoint", oauth.tokenEndpoint().toString(),
                    "client_id", "caravan",
                    "client_secret", "client-secret");
            JsonNode connection = caravan.post(
                            caravan.path("/connections"),
                            Map.of(
                                    "source_id", registered,
                                    "patient_id", PATIENT,
                                    "scope", "patient/*.read",
                                    "credentials", credentials))
                    .ok();

            completed(caravan.awaitPull(connection.at("/latest_pull/id").asText()));
            assertThat(oauth.requests()).hasSize(1);
            assertThat(PROXY.requests(oauth.tokenEndpoint())).containsExactly("POST " + oauth.tokenEndpoint());
            assertThat(PROXY.requests(source.baseUrl()))
                    .hasSameSizeAs(source.requests())
                    .contains("GET " + source.baseUrl() + "/metadata")
                    .contains("GET " + source.baseUrl() + "/Patient/" + PATIENT);
        }
    }

    @Test
    void a_fhir_server_that_the_proxy_alone_can_find_is_tested_and_written_to() {
        try (OAuthServer oauth = OAuthServer.start();
                HapiServer hapi = HapiServer.start();
                SourceSimulator source = somethingFhirServersTake()) {
            oauth.confidentialClient("clinic", "clinic-secret", Duration.ofMinutes(5));
            hapi.requireToken(oauth::accepts);
            pulled(source);
            URI inside = URI.create(hapi.baseUrl().toString().replace("127.0.0.1", INSIDE));
            Map<String, Object> credentials = Map.of(
                    "auth", "oauth2",
                    "token_endpoint", oauth.tokenEndpoint().toString(),
                    "client_id", "clinic",
                    "client_secret", "clinic-secret");
            Map<String, Object> body = Map.of(
                    "name",
                    "Clinic",
                    "type",
                    "fhir",
                    "settings",
                    Map.of("base_url", inside.toString()),
                    "credentials",
                    credentials);

            JsonNode tested =
                    caravan.post(caravan.path("/destinations/test"), body).ok();
            assertThat(steps(tested).get("name").path("detail").asText()).isEqualTo(INSIDE + " is found by the proxy.");
            JsonNode saved = caravan.newDestination(body).ok();
            statusIs(caravan.awaitRuns(saved.path("id").asText(), 1).get(0), "succeeded");

            assertThat(hapi.names()).hasSize(3);
            assertThat(PROXY.requests(inside)).hasSameSizeAs(hapi.requests()).isNotEmpty();
            assertThat(PROXY.requests(oauth.tokenEndpoint()))
                    .hasSameSizeAs(oauth.requests())
                    .isNotEmpty();
        }
    }

    @Test
    void an_s3_store_is_written_to_through_the_proxy() {
        try (SourceSimulator source = smallSource()) {
            pulled(source);
            s3.forgetRequests();
            String prefix = "proxied-" + caravan.org();
            String destination = newDestination(s3, "lake", prefix);
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);

            statusIs(run, "succeeded");
            assertThat(delivered(s3, "lake", prefix, run.path("id").asText())).isEqualTo(stored());
            assertThat(PROXY.requests(s3.endpoint()))
                    .hasSameSizeAs(s3.requests())
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void servers_that_an_own_authority_vouches_for_are_written_to_through_a_tunnel() {
        try (HapiServer hapi = HapiServer.start();
                TlsFront clinic = TlsFront.before(hapi.baseUrl(), authority.server());
                TlsFront lake = TlsFront.before(s3.endpoint(), authority.server());
                SourceSimulator source = somethingFhirServersTake()) {
            pulled(source);
            String first = saved(caravan.fhirServer("Clinic", clinic.address(), Map.of()));
            String second = saved(bucket(lake.address().toString()));

            statusIs(caravan.awaitRuns(first, 1).get(0), "succeeded");
            statusIs(caravan.awaitRuns(second, 1).get(0), "succeeded");
            assertThat(hapi.names()).hasSize(3);
            for (URI server : List.of(clinic.address(), lake.address())) {
                assertThat(PROXY.requests(server))
                        .isNotEmpty()
                        .allMatch(line -> line.equals("CONNECT 127.0.0.1:" + server.getPort()));
            }
        }
    }

    private String saved(Map<String, Object> destination) {
        return caravan.newDestination(destination).ok().path("id").asText();
    }

    private static Map<String, Object> bucket(String endpoint) {
        Map<String, Object> settings =
                Map.of("cloud_vendor", "s3_compatible", "endpoint", endpoint, "bucket", "lake", "file_type", "ndjson");
        return Map.of(
                "name",
                "Lake",
                "type",
                "object_storage",
                "settings",
                settings,
                "credentials",
                Map.of("access_key", s3.accessKey(), "secret", s3.secret()));
    }

    @Test
    void google_is_asked_for_tokens_and_written_to_through_the_proxy() {
        try (GcsServer google = GcsServer.start()) {
            writtenThroughTheProxy(google);
            assertThat(PROXY.requests(URI.create(google.endpoint()))).contains("POST " + google.endpoint() + "/token");
        }
    }

    @Test
    void azure_is_written_to_through_the_proxy() {
        assumeThat(AzureServer.missing()).as(AzureServer.missing()).isNull();
        try (AzureServer azure = AzureServer.start()) {
            writtenThroughTheProxy(azure);
        }
    }

    private static SourceSimulator somethingFhirServersTake() {
        return SourceSimulator.of(
                "{\"resourceType\":\"Patient\",\"id\":\"p1\"}",
                record("Observation", "observation1", PATIENT),
                record("Observation", "observation2", PATIENT));
    }

    private void pulled(SourceSimulator source) {
        completed(pull(source, PATIENT));
    }

    private void completed(JsonNode pull) {
        assertThat(pull.path("status").asText())
                .as("%s", caravan.tasks(pull.path("id").asText()))
                .isEqualTo("completed");
    }

    private void writtenThroughTheProxy(CloudServer cloud) {
        cloud.createBucket("lake");
        try (SourceSimulator source = smallSource()) {
            pulled(source);
            Map<String, Object> settings = Map.of(
                    "cloud_vendor",
                    cloud.vendor(),
                    "endpoint",
                    cloud.endpoint(),
                    "bucket",
                    "lake",
                    "file_type",
                    "ndjson");
            JsonNode saved = caravan.newDestination(Map.of(
                            "name",
                            "Cloud",
                            "type",
                            "object_storage",
                            "settings",
                            settings,
                            "credentials",
                            cloud.credentials()))
                    .ok();
            JsonNode run = caravan.awaitRuns(saved.path("id").asText(), 1).get(0);

            statusIs(run, "succeeded");
            List<String> keys = cloud.keys("lake", run.path("id").asText() + "/");
            assertThat(keys).hasSize(7);
            for (String key : keys) {
                assertThat(PROXY.requests(URI.create(cloud.endpoint())))
                        .anyMatch(line ->
                                line.startsWith("P") && (line.contains(key) || line.contains(key.replace("/", "%2F"))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254",
                "https://169.254.169.254",
                "https://[::1]",
                "https://[::ffff:169.254.169.254]",
                "https://[fd00:ec2::254]",
                "https://metadata.google.internal",
                "https://unknown.invalid",
                "http://8.8.8.8"
            })
    void what_is_refused_never_reaches_the_proxy(String base) {
        int before = PROXY.requests().size();
        Map<String, Object> bearer = Map.of("auth", "bearer", "token", "word-of-honour");
        CaravanDriver.Answer fhir = caravan.newDestination(
                Map.of("name", "Inside", "type", "fhir", "settings", Map.of("base_url", base), "credentials", bearer));
        CaravanDriver.Answer lake = caravan.newDestination(bucket(base));

        for (CaravanDriver.Answer refused : List.of(fhir, lake)) {
            JsonNode step =
                    steps(problem(refused, 422, "destination_test_failed")).get("name");
            assertThat(step.path("outcome").asText()).isEqualTo("failed");
            assertThat(step.path("detail").asText()).contains("caravan.http.allow");
        }
        assertThat(PROXY.requests()).hasSize(before);
    }
}
