package io.caravan.support.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.oauth.ClientAuthentication.None;
import io.caravan.support.oauth.ClientAuthentication.PrivateKeyJwt;
import io.caravan.support.oauth.ClientAuthentication.SecretBasic;
import io.caravan.support.oauth.ClientAuthentication.SecretPost;
import io.caravan.support.oauth.OAuthException.Reason;
import io.caravan.support.secret.Secret;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.TokenFault;
import io.caravan.testing.TokenRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a real authorization server. */
class OAuthClientTest {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String SCOPE = "patient/*.read";
    private static final Secret SECRET = Secret.of("canary: s%cret+ &=ü");

    private static OAuthServer server;

    private final BoundedHttp http = new BoundedHttp(new GuardedHttpClients(
            NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"),
            new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(60), 20, List.of(), null)));

    @BeforeAll
    static void startServer() {
        server = OAuthServer.start();
        server.confidentialClient("caravan: id", SECRET.reveal(), LIFE);
        server.publicClient("anybody", LIFE);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void close() throws IOException {
        server.clearFaults();
        server.release();
        http.close();
    }

    @Test
    void a_secret_in_the_header_is_taken_whatever_characters_it_has() {
        OAuthGrant grant = server.grant("caravan: id", SCOPE);

        GrantedToken granted = refresh(endpoint("caravan: id", new SecretBasic(SECRET)), grant);

        worth(granted);
        assertThat(last().authorization()).startsWith("Basic ");
        assertThat(last().parameters()).containsOnlyKeys("grant_type", "refresh_token");
    }

    @Test
    void a_secret_in_the_body_is_taken() {
        OAuthGrant grant = server.grant("caravan: id", SCOPE);

        worth(refresh(endpoint("caravan: id", new SecretPost(SECRET)), grant));

        assertThat(last().authorization()).isEmpty();
        assertThat(last().parameters()).containsEntry("client_secret", SECRET.reveal());
    }

    @Test
    void a_public_client_says_who_it_is() {
        worth(refresh(endpoint("anybody", new None()), server.grant("anybody", SCOPE)));

        assertThat(last().authorization()).isEmpty();
        assertThat(last().parameters()).containsOnlyKeys("grant_type", "refresh_token", "client_id");
    }

    @Test
    void a_signed_assertion_is_taken_by_either_algorithm_and_never_repeated() throws JOSEException {
        var rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        var ec = new ECKeyGenerator(Curve.P_384).keyID("e").generate();
        server.signingClient("rsa", rsa, LIFE);
        server.signingClient("ec", ec, LIFE);

        worth(refresh(endpoint("rsa", jwt(rsa.toJSONString())), server.grant("rsa", SCOPE)));
        String first = last().parameters().get("client_assertion");
        worth(refresh(endpoint("rsa", jwt(SigningKeyTest.pem(rsa.toPrivateKey()))), server.grant("rsa", SCOPE)));
        assertThat(last().parameters().get("client_assertion")).isNotEqualTo(first);
        worth(refresh(endpoint("ec", jwt(ec.toJSONString())), server.grant("ec", SCOPE)));
        var another = new RSAKeyGenerator(2048).keyID("r").generate();
        assertThat(failure(endpoint("rsa", jwt(another.toJSONString()))).error())
                .contains("invalid_client");
    }

    @Test
    void a_client_gets_a_token_of_its_own() {
        GrantedToken granted = client(LIFE)
                .clientCredentials(endpoint("caravan: id", new SecretBasic(SECRET)), Optional.of("system/*.cruds"));

        assertThat(server.accepts(granted.accessToken().reveal())).isTrue();
        assertThat(granted.scope()).contains("system/*.cruds");
        assertThat(granted.refreshToken()).isEmpty();
        OAuthException refused = catchThrowableOfType(
                OAuthException.class,
                () -> client(LIFE)
                        .clientCredentials(
                                endpoint("caravan: id", new SecretBasic(SECRET)), Optional.of("system/*.canary")));
        assertThat(refused.error()).contains("invalid_scope");
        assertThat(refused).hasMessageNotContaining("canary");
    }

    @Test
    void a_refresh_token_that_was_used_is_worth_nothing() {
        TokenEndpoint endpoint = endpoint("caravan: id", new SecretBasic(SECRET));
        OAuthGrant grant = server.grant("caravan: id", SCOPE);
        GrantedToken granted = refresh(endpoint, grant);
        Secret rotated = granted.refreshToken().orElseThrow();

        assertThat(rotated.reveal()).isNotEqualTo(grant.refreshToken());
        OAuthException used = catchThrowableOfType(OAuthException.class, () -> refresh(endpoint, grant));
        assertThat(used.reason()).isEqualTo(Reason.INVALID_GRANT);
        worth(client(LIFE).refresh(endpoint, rotated));
    }

    @Test
    void a_wrong_secret_is_refused_and_stands_nowhere() {
        OAuthException refused = failure(endpoint("caravan: id", new SecretBasic(Secret.of("canary-wrong"))));

        assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refused.error()).contains("invalid_client");
        assertThat(refused.toString()).doesNotContain("canary");
        assertThat(refused).hasNoCause();
    }

    @Test
    void an_endpoint_that_is_silent_or_drips_is_given_up_when_its_time_is_over() {
        for (TokenFault slow : List.of(TokenFault.stall(), TokenFault.drip())) {
            server.fail(slow, 1);
            long before = System.nanoTime();

            OAuthException late = failure(client(Duration.ofMillis(400)), server.tokenEndpoint());

            assertThat(late.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
        }
    }

    @Test
    void an_answer_that_breaks_off_after_the_rotation_is_unreachable_and_the_next_try_is_invalid_grant() {
        server.fail(TokenFault.answerLost(), 1);
        TokenEndpoint endpoint = endpoint("anybody", new None());
        OAuthGrant grant = server.grant("anybody", SCOPE);

        OAuthException lost = catchThrowableOfType(OAuthException.class, () -> refresh(endpoint, grant));
        OAuthException used = catchThrowableOfType(OAuthException.class, () -> refresh(endpoint, grant));

        assertThat(lost.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(used.reason()).isEqualTo(Reason.INVALID_GRANT);
    }

    @Test
    void a_redirect_is_not_followed() {
        try (OAuthServer other = OAuthServer.start()) {
            server.fail(TokenFault.redirect(other.tokenEndpoint().toString()), 1);

            OAuthException moved = failure(client(LIFE), server.tokenEndpoint());

            assertThat(moved).hasMessageContaining("307: redirects are not followed");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void an_answer_beyond_64_kilobytes_is_not_read() {
        String head = "{\"access_token\":\"canary\",\"more\":\"";
        String tail = "\"}";
        String fits = head + "x".repeat(65_536 - head.length() - tail.length()) + tail;
        server.fail(TokenFault.answer(200, "application/json", fits), 1);
        assertThat(refresh(endpoint("anybody", new None()), server.grant("anybody", SCOPE))
                        .accessToken()
                        .reveal())
                .isEqualTo("canary");

        server.fail(TokenFault.answer(200, "application/json", fits + " "), 1);
        OAuthException large = failure(client(LIFE), server.tokenEndpoint());

        assertThat(large.reason()).isEqualTo(Reason.NO_TOKEN);
        assertThat(large).hasMessageContaining("larger than 64 KB");
    }

    @Test
    void an_endpoint_that_may_not_be_reached_or_is_not_there_is_named_as_such() {
        assertThat(failure(client(LIFE), URI.create("http://127.0.0.2:9/token")))
                .hasMessageContaining("caravan.http.allow");
        assertThat(failure(client(LIFE), URI.create("http://127.0.0.1:1/token")).reason())
                .isEqualTo(Reason.UNREACHABLE);
    }

    private static void worth(GrantedToken granted) {
        assertThat(server.accepts(granted.accessToken().reveal())).isTrue();
        assertThat(granted.expiresIn().orElseThrow()).isBetween(LIFE.minusSeconds(5), LIFE);
        assertThat(granted.refreshToken()).isPresent();
        assertThat(granted.scope()).contains(SCOPE);
    }

    private static TokenRequest last() {
        List<TokenRequest> requests = server.requests();
        return requests.get(requests.size() - 1);
    }

    private GrantedToken refresh(TokenEndpoint endpoint, OAuthGrant grant) {
        return client(LIFE).refresh(endpoint, Secret.of(grant.refreshToken()));
    }

    private OAuthException failure(TokenEndpoint endpoint) {
        return catchThrowableOfType(
                OAuthException.class, () -> client(LIFE).refresh(endpoint, Secret.of("canary-refresh")));
    }

    private static OAuthException failure(OAuthClient client, URI endpoint) {
        return catchThrowableOfType(
                OAuthException.class,
                () -> client.refresh(new TokenEndpoint(endpoint, "anybody", new None()), Secret.of("canary-refresh")));
    }

    private OAuthClient client(Duration limit) {
        return new OAuthClient(http, new OAuthSettings(limit), Clock.systemUTC());
    }

    private static TokenEndpoint endpoint(String client, ClientAuthentication how) {
        return new TokenEndpoint(server.tokenEndpoint(), client, how);
    }

    private static PrivateKeyJwt jwt(String key) {
        return new PrivateKeyJwt(SigningKey.parse(Secret.of(key)));
    }
}
