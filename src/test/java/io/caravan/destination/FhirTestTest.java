package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.destination.DestinationTestReport.Step;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.net.TargetLookup;
import io.caravan.support.oauth.OAuthClient;
import io.caravan.support.oauth.OAuthSettings;
import io.caravan.support.secret.Secret;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.TokenFault;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** What testing a FHIR server finds: each step, on HAPI's server, and on an authorization server. */
class FhirTestTest {

    private static final FhirCredentials NONE = new FhirCredentials("none", null, null, null, null, null, null);
    private static final String PASSED = "passed";
    private static final String CAPABILITY =
            "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"%s\",\"rest\":[{\"mode\":\"server\",\"resource\":[%s]%s}]}";

    private static OAuthServer oauth;
    private static BoundedHttp http;
    private static FhirTest test;

    private HapiServer hapi;

    @BeforeAll
    static void startOAuth() {
        oauth = OAuthServer.start();
        oauth.confidentialClient("clinic", "clinic-secret", Duration.ofMinutes(5));
        test = test("127.0.0.1");
    }

    @AfterAll
    static void stopOAuth() throws IOException {
        oauth.close();
        http.close();
    }

    @BeforeEach
    void startHapi() {
        hapi = HapiServer.start();
    }

    @AfterEach
    void stopHapi() {
        hapi.close();
        oauth.clearFaults();
    }

    private static FhirTest test(String... allowed) {
        NetworkGuard guard = NetworkGuard.of(NetworkMode.SELF_HOSTED, allowed);
        HttpSettings settings =
                new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 4, List.of(allowed), null);
        http = new BoundedHttp(new GuardedHttpClients(guard, settings));
        OAuthClient tokens = new OAuthClient(http, new OAuthSettings(Duration.ofSeconds(30)), Clock.systemUTC());
        DestinationLimits limits = new DestinationLimits(
                Duration.ofMinutes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                50,
                DataSize.ofMegabytes(4));
        return new FhirTest(
                new AddressSteps(guard, new TargetLookup(guard, settings)), new FhirClients(http, tokens, limits));
    }

    @Test
    void a_server_that_takes_records_passes_and_is_left_as_it_was() {
        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(report.passed()).as(report.toString()).isTrue();
        assertThat(outcomes(report)).containsExactlyEntriesOf(expected());
        assertThat(detail(report, "capability")).contains("FHIR 4.0.1, HAPI FHIR Server, 8.6.1");
        assertThat(hapi.names()).isEmpty();
        assertThat(hapi.bundles()).hasSize(1);
        assertThat(hapi.bundles().get(0).json().path("type").asText()).isEqualTo("batch");
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new java.util.LinkedHashMap<>();
        for (String step : List.of("name", "tls", "token", "capability", "write-probe", "read-probe", "delete-probe")) {
            expected.put(step, step.equals("tls") ? "warning" : PASSED);
        }
        return expected;
    }

    @Test
    void the_probe_is_written_as_records_will_be() {
        FhirSettings transactions =
                new FhirSettings(hapi.baseUrl(), "transaction", null, null, null, Map.of("X-Tenant", "clinic"));

        assertThat(test.run(transactions, NONE).passed()).isTrue();
        FhirRequest bundle = hapi.bundles().get(0);
        assertThat(bundle.json().path("type").asText()).isEqualTo("transaction");
        assertThat(bundle.headers()).containsEntry("x-tenant", "clinic").containsEntry("prefer", "return=minimal");
    }

    @Test
    void an_address_that_is_not_allowed_is_refused_before_anything_is_sent() {
        DestinationTestReport report = test().run(settings(hapi.baseUrl()), NONE);

        assertThat(outcomes(report)).containsEntry("name", "failed").containsEntry("write-probe", "skipped");
        assertThat(detail(report, "name")).contains("caravan.http.allow");
        assertThat(hapi.requests()).isEmpty();
    }

    @Test
    void nobody_there_is_said_at_the_first_request() {
        URI gone = hapi.baseUrl();
        hapi.close();

        DestinationTestReport report = test.run(settings(gone), NONE);

        assertThat(outcomes(report)).containsEntry("capability", "failed");
        assertThat(detail(report, "capability")).contains("it refuses connections");
    }

    @Test
    void a_server_that_hangs_is_given_up() {
        hapi.fail(request -> true, FhirFault.stall(), 1);

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(detail(report, "capability")).isEqualTo("The destination did not answer in time.");
    }

    @Test
    void what_is_no_FHIR_server_is_recognised() {
        hapi.fail(request -> true, FhirFault.page(), 1);
        assertThat(detail(test.run(settings(hapi.baseUrl()), NONE), "capability"))
                .isEqualTo("What it answers is no JSON.");

        hapi.fail(request -> true, FhirFault.answer(200, "application/json", "{\"hello\":1}"), 1);
        assertThat(detail(test.run(settings(hapi.baseUrl()), NONE), "capability"))
                .isEqualTo("What it answers is no CapabilityStatement.");

        hapi.fail(request -> true, FhirFault.status(404), 1);
        assertThat(detail(test.run(settings(hapi.baseUrl()), NONE), "capability"))
                .startsWith("The destination answered 404");
    }

    @Test
    void another_version_of_FHIR_is_refused() {
        for (String version : List.of("3.0.2", "4.3.0", "5.0.0")) {
            capability(version, "", "");

            DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

            assertThat(outcomes(report)).containsEntry("capability", "failed");
            assertThat(detail(report, "capability")).isEqualTo("It is FHIR " + version + ".");
        }
    }

    @Test
    void a_server_that_only_lets_read_is_refused() {
        capability("4.0.1", "{\"type\":\"Patient\",\"interaction\":[{\"code\":\"read\"}]}", "");

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(detail(report, "capability")).isEqualTo("It lets nobody update resources.");
        assertThat(hapi.bundles()).isEmpty();
    }

    @Test
    void what_a_server_does_not_say_is_tried() {
        capability("4.0.1", "", "");

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(report.passed()).isTrue();
        assertThat(outcomes(report)).containsEntry("capability", "warning").containsEntry("write-probe", PASSED);
    }

    @Test
    void the_probe_is_of_a_type_that_the_server_takes() {
        capability("4.0.1", "{\"type\":\"Organization\",\"interaction\":[{\"code\":\"update\"}]}", "");

        assertThat(test.run(settings(hapi.baseUrl()), NONE).passed()).isTrue();
        assertThat(hapi.bundles().get(0).entries()).allMatch(entry -> entry.startsWith("Organization/caravan-probe-"));
    }

    @Test
    void a_server_without_update_as_create_is_refused_in_its_own_words() {
        hapi.allowUpdateAsCreate(false);

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(outcomes(report)).containsEntry("write-probe", "failed").containsEntry("read-probe", "skipped");
        assertThat(detail(report, "write-probe"))
                .contains("answered 405 to the probe", "This server does not allow client-defined ids");
        assertThat(advice(report, "write-probe")).contains("update-as-create");
    }

    @Test
    void a_server_without_batches_is_refused() {
        hapi.fail(FhirRequest::bundle, FhirFault.outcome(501, "batch is not supported"), 1);

        assertThat(detail(test.run(settings(hapi.baseUrl()), NONE), "write-probe"))
                .contains("answered 501", "batch is not supported");
    }

    @Test
    void a_probe_that_cannot_be_read_is_taken_away_again() {
        hapi.fail(
                request -> request.method().equals("GET") && request.path().startsWith("Basic/"),
                FhirFault.status(403),
                1);

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(outcomes(report)).containsEntry("read-probe", "failed");
        assertThat(hapi.names()).isEmpty();
    }

    @Test
    void a_server_that_deletes_nothing_passes_with_a_warning() {
        hapi.allowDeletes(false);

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), NONE);

        assertThat(report.passed()).isTrue();
        assertThat(outcomes(report)).containsEntry("delete-probe", "warning");
        assertThat(advice(report, "delete-probe")).contains("stays there");
        assertThat(hapi.names()).hasSize(1);
    }

    @Test
    void a_bearer_token_is_sent_to_the_server() {
        hapi.requireToken("right"::equals);

        assertThat(test.run(settings(hapi.baseUrl()), bearer("right")).passed()).isTrue();
        DestinationTestReport report = test.run(settings(hapi.baseUrl()), bearer("wrong"));
        assertThat(detail(report, "capability"))
                .isEqualTo("The destination answered 401: no token, or none that is valid.");
    }

    @Test
    void client_credentials_get_one_token_for_the_whole_test() {
        hapi.requireToken(oauth::accepts);
        int before = oauth.requests().size();

        for (String how : List.of("basic", "post")) {
            DestinationTestReport report = test.run(settings(hapi.baseUrl()), client("clinic-secret", how));
            assertThat(report.passed()).as(report.toString()).isTrue();
            assertThat(outcomes(report)).containsEntry("token", "warning"); // issued, over http
        }
        assertThat(oauth.requests().size() - before).isEqualTo(2);
        assertThat(oauth.requests().get(before).parameters()).containsEntry("scope", "system/*.cruds");
    }

    @Test
    void a_client_that_is_refused_is_said_in_the_token_step() {
        DestinationTestReport report = test.run(settings(hapi.baseUrl()), client("wrong", "basic"));

        assertThat(outcomes(report)).containsEntry("token", "failed").containsEntry("capability", "skipped");
        assertThat(advice(report, "token")).contains("client id");
        assertThat(report.toString()).doesNotContain("wrong");
        assertThat(hapi.requests()).isEmpty();
    }

    @Test
    void a_token_endpoint_that_hangs_is_given_up_as_soon_as_any_step() {
        oauth.fail(TokenFault.stall(), 1);
        long began = System.nanoTime();

        DestinationTestReport report = test.run(settings(hapi.baseUrl()), client("clinic-secret", "basic"));

        assertThat(outcomes(report)).containsEntry("token", "failed");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(25));
        oauth.release();
    }

    private void capability(String version, String resources, String interactions) {
        String body = CAPABILITY.formatted(version, resources, interactions);
        hapi.fail(
                request -> request.path().equals("metadata"), FhirFault.answer(200, "application/fhir+json", body), 1);
    }

    private static FhirSettings settings(URI base) {
        return new FhirSettings(base, null, null, null, null, null);
    }

    private static FhirCredentials bearer(String token) {
        return new FhirCredentials("bearer", Secret.of(token), null, null, null, null, null);
    }

    private static FhirCredentials client(String secret, String how) {
        return new FhirCredentials(
                "oauth2", null, oauth.tokenEndpoint().toString(), "clinic", Secret.of(secret), "system/*.cruds", how);
    }

    private static Map<String, String> outcomes(DestinationTestReport report) {
        return report.steps().stream()
                .collect(
                        Collectors.toMap(Step::name, Step::outcome, (one, other) -> one, java.util.LinkedHashMap::new));
    }

    private static Step step(DestinationTestReport report, String name) {
        return report.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String detail(DestinationTestReport report, String name) {
        return step(report, name).detail();
    }

    private static String advice(DestinationTestReport report, String name) {
        return step(report, name).advice();
    }
}
