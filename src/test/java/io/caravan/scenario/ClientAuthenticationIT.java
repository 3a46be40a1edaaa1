package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TokenRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How a client proves itself where a source's tokens are refreshed (sources.md, line 24). The token that the connection
 * begins with has ended, so a pull reads something only if a real authorization server was convinced.
 */
class ClientAuthenticationIT extends FaultScenario {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String SECRET = "s3cret: +%&=ü";

    private static OAuthServer oauth;
    private static JWK rsa;
    private static JWK ec;

    private SourceSimulator source;
    private int askedBefore;

    @BeforeAll
    static void startServer() throws JOSEException {
        oauth = OAuthServer.start();
        oauth.publicClient("anybody", LIFE);
        oauth.confidentialClient("confidential", SECRET, LIFE);
        rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        ec = new ECKeyGenerator(Curve.P_384).keyID("e").generate();
        oauth.signingClient("rsa", rsa, LIFE);
        oauth.signingClient("ec", ec, LIFE);
    }

    @AfterAll
    static void stopServer() {
        oauth.close();
    }

    @BeforeEach
    void startSource() {
        source = smallSource();
        source.acceptTokens(oauth::accepts);
        askedBefore = oauth.requests().size();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    @Test
    void line_24_a_public_client_only_says_who_it_is() {
        TokenRequest asked = readsAllWith("anybody", Map.of("client_auth", "none"));

        assertThat(asked.authorization()).isEmpty();
        assertThat(asked.parameters()).containsOnlyKeys("grant_type", "refresh_token", "client_id");
    }

    @Test
    void line_24_a_secret_goes_into_the_header() {
        TokenRequest asked =
                readsAllWith("confidential", Map.of("client_auth", "client_secret_basic", "client_secret", SECRET));

        assertThat(asked.authorization()).startsWith("Basic ");
        assertThat(asked.parameters()).containsOnlyKeys("grant_type", "refresh_token");
    }

    @Test
    void line_24_or_into_the_body() {
        TokenRequest asked =
                readsAllWith("confidential", Map.of("client_auth", "client_secret_post", "client_secret", SECRET));

        assertThat(asked.authorization()).isEmpty();
        assertThat(asked.parameters()).containsEntry("client_secret", SECRET);
    }

    @Test
    void line_24_a_private_key_of_either_kind_signs_and_stays_at_home() {
        for (Map.Entry<String, JWK> client : Map.of("rsa", rsa, "ec", ec).entrySet()) {
            String key = client.getValue().toJSONString();
            TokenRequest asked =
                    readsAllWith(client.getKey(), Map.of("client_auth", "private_key_jwt", "private_key", key));

            assertThat(asked.authorization()).isEmpty();
            assertThat(asked.parameters())
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    .containsKey("client_assertion")
                    .doesNotContainKey("client_secret");
            newOrganization();
        }
    }

    @Test
    void line_24_a_client_that_is_refused_fails_the_pull_without_a_query_and_without_ending_the_grant() {
        OAuthGrant grant = oauth.grant("confidential", "patient/*.read");

        JsonNode pull = pulled(grant, Map.of("client_secret", "canary-wrong"));

        statusIs(pull, "failed");
        readable(pull.at("/error/message").asText());
        assertThat(pull.toString()).contains("invalid_client").doesNotContain("canary");
        assertThat(source.count(request -> !request.isMetadata())).isZero();
        statusIs(
                caravan.get(caravan.path(
                                "/connections/" + pull.path("connection_id").asText()))
                        .ok(),
                "active");
        assertThat(oauth.accepts(grant.accessToken())).isTrue();
    }

    /** What was asked of the authorization server for the one new token with which everything was read. */
    private TokenRequest readsAllWith(String client, Map<String, String> proof) {
        OAuthGrant grant = oauth.grant(client, "patient/*.read");

        statusIs(pulled(grant, proof), "completed");

        assertThat(stored()).hasSize(16);
        assertThat(source.count(request -> request.authorization().orElse("").contains(grant.accessToken())))
                .isZero();
        List<TokenRequest> all = oauth.requests();
        List<TokenRequest> asked = all.subList(askedBefore, all.size());
        askedBefore = all.size();
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).status()).isEqualTo(200);
        return asked.get(0);
    }

    private JsonNode pulled(OAuthGrant grant, Map<String, String> proof) {
        Map<String, Object> credentials = new HashMap<>(proof);
        credentials.put("access_token", grant.accessToken());
        credentials.put("expires_at", Instant.now().toString());
        credentials.put("refresh_token", grant.refreshToken());
        credentials.put("token_endpoint", oauth.tokenEndpoint().toString());
        credentials.put("client_id", grant.clientId());
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        JsonNode connection = caravan.post(
                        caravan.path("/connections"),
                        Map.of("source_id", registered, "patient_id", PATIENT, "credentials", credentials))
                .ok();
        return caravan.awaitPull(connection.at("/latest_pull/id").asText());
    }
}
