package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TokenFault;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Tokens while pulls go on, at a real authorization server and a source that takes its tokens only (sources.md 16, 20–24). */
@TestPropertySource(properties = {"caravan.tokens.first-wait=200ms", "caravan.pull.page-size=2"})
class TokensIT extends FaultScenario {

    private static final String CLIENT = "caravan";

    private OAuthServer oauth;
    private SourceSimulator source;

    @BeforeEach
    void start() {
        oauth = OAuthServer.start();
        oauth.confidentialClient(CLIENT, "client-secret", Duration.ofMinutes(5));
        source = smallSource();
        source.fail(request -> !request.isMetadata() && !accepted(request)).with(Fault.status(401));
    }

    @AfterEach
    void stop() {
        oauth.release();
        source.close();
        oauth.close();
    }

    @Test
    void line_20_a_token_with_less_than_a_minute_left_is_refreshed_once_before_it_is_used() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");

        JsonNode pull = pulled(grant, Instant.now().plusSeconds(50));

        statusIs(pull, "completed");
        assertThat(oauth.requests()).hasSize(1);
        assertThat(source.count(request -> request.status() == 401)).isZero();
        assertThat(source.count(request -> bearer(request).equals(grant.accessToken())))
                .isZero();
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_16_a_401_is_answered_with_one_refresh_and_the_pull_goes_on() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        source.fail(request -> !request.isMetadata() && bearer(request).equals(grant.accessToken()))
                .with(Fault.status(401));

        JsonNode pull = pulled(grant, Instant.now().plusSeconds(3600));

        statusIs(pull, "completed");
        assertThat(oauth.requests()).hasSize(1);
        assertThat(source.count(request -> request.status() == 401)).isEqualTo(1);
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_21_a_grant_that_was_withdrawn_ends_the_pull_and_a_reconnect_resumes() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        source.fail(request -> request.isSearch("Observation") && request.isNextPage() && withdrawn(grant))
                .with(Fault.status(401));

        JsonNode pull = pulled(grant, Instant.now().plusSeconds(3600));

        failedWith(pull, "reconnect_needed");
        String connection =
                caravan.path("/connections/" + pull.path("connection_id").asText());
        JsonNode lost = caravan.get(connection).ok();
        statusIs(lost, "refresh_failed");
        assertThat(lost.at("/error/message").asText()).isNotBlank();
        assertThat(oauth.requests()).hasSize(1);
        for (JsonNode task : caravan.tasks(pull.path("id").asText())) {
            assertThat(task.path("status").asText()).isIn("done", "failed", "unsupported");
        }

        source.clearFaults();
        source.fail(request -> !request.isMetadata() && !accepted(request)).with(Fault.status(401));
        OAuthGrant again = oauth.grant(CLIENT, "patient/*.read");
        JsonNode next = caravan.awaitPull(caravan.patch(
                        connection,
                        Map.of("credentials", credentials(again, Instant.now().plusSeconds(3600))))
                .ok()
                .at("/latest_pull/id")
                .asText());

        statusIs(next, "completed");
        statusIs(caravan.get(connection).ok(), "active");
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_22_fewer_scopes_than_were_asked_for_are_named_by_the_connection_and_by_the_pull() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read", "patient/Observation.read");
        oauth.narrow(grant.refreshToken(), "patient/Observation.read");

        JsonNode pull = pulled(grant, Instant.now());

        assertThat(texts(pull.path("warnings")))
                .as(pull.toString())
                .anyMatch(warning -> warning.contains("patient/*.read"));
        JsonNode connection = caravan.get(caravan.path(
                        "/connections/" + pull.path("connection_id").asText()))
                .ok();
        assertThat(texts(connection.path("missing_scopes"))).containsExactly("patient/*.read");
    }

    @Test
    void line_23_a_token_endpoint_that_fails_pauses_the_pull_and_costs_no_query_its_tries() {
        OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
        oauth.fail(TokenFault.answer(400, "text/plain", "no"), 2);
        oauth.fail(TokenFault.status(503), 2);

        JsonNode pull = pulled(grant, Instant.now());

        statusIs(pull, "completed");
        // Four that failed, for caravan.pull.attempts=3 would not have been enough, and one that gave a token.
        assertThat(oauth.requests()).hasSize(5);
        assertThat(source.count(request -> request.status() == 401)).isZero();
        assertThat(stored()).hasSize(16);
    }

    private JsonNode pulled(OAuthGrant grant, Instant expiresAt) {
        Map<String, Object> body = new HashMap<>();
        body.put(
                "source_id",
                caravan.newSource("General", source.baseUrl()).path("id").asText());
        body.put("patient_id", PATIENT);
        body.put("scope", "patient/*.read");
        body.put("credentials", credentials(grant, expiresAt));
        JsonNode connection = caravan.post(caravan.path("/connections"), body).ok();
        return caravan.awaitPull(connection.at("/latest_pull/id").asText());
    }

    private Map<String, Object> credentials(OAuthGrant grant, Instant expiresAt) {
        return Map.of(
                "access_token", grant.accessToken(),
                "expires_at", expiresAt.toString(),
                "refresh_token", grant.refreshToken(),
                "token_endpoint", oauth.tokenEndpoint().toString(),
                "client_id", CLIENT,
                "client_secret", "client-secret");
    }

    /** The patient withdraws the grant at this moment, both tokens of it. */
    private boolean withdrawn(OAuthGrant grant) {
        if (oauth.accepts(grant.accessToken())) {
            oauth.revoke(grant.accessToken());
        }
        return true;
    }

    private boolean accepted(SourceRequest request) {
        return oauth.accepts(bearer(request));
    }

    private static String bearer(SourceRequest request) {
        return request.authorization().orElse("").replaceFirst("^Bearer ", "");
    }
}
