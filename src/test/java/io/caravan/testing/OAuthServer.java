package io.caravan.testing;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * Spring's authorization server on 127.0.0.1, with refresh tokens that rotate: each can be used once. A patient's consent
 * is {@link #grant}; everything else goes over HTTP. It keeps a ledger of its token endpoint, and fails where it is told
 * to.
 */
public final class OAuthServer implements AutoCloseable {

    private final AnnotationConfigServletWebServerApplicationContext context;
    private final OAuthClients clients;
    private final OAuthFront front;
    private final InMemoryOAuth2AuthorizationService grants;

    private OAuthServer() {
        context = new AnnotationConfigServletWebServerApplicationContext();
        context.register(OAuthServerBeans.class);
        context.refresh();
        clients = context.getBean(OAuthClients.class);
        front = context.getBean(OAuthFront.class);
        grants = context.getBean(InMemoryOAuth2AuthorizationService.class);
    }

    public static OAuthServer start() {
        return new OAuthServer();
    }

    public URI tokenEndpoint() {
        return URI.create("http://127.0.0.1:%d/oauth2/token"
                .formatted(context.getWebServer().getPort()));
    }

    // --- clients, whose access tokens live for so long

    /** A client that may prove itself by this secret in the header or in the body. */
    public void confidentialClient(String id, String secret, Duration tokenLife) {
        register(id, tokenLife, false, client -> withSecret(client, secret));
    }

    /** The same, and its refresh tokens are good until they expire: other clients' are good for one use. */
    public void clientWithLastingRefreshTokens(String id, String secret, Duration tokenLife) {
        register(id, tokenLife, true, client -> withSecret(client, secret));
    }

    private static RegisteredClient.Builder withSecret(RegisteredClient.Builder client, String secret) {
        return client.clientSecret("{noop}" + secret)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST);
    }

    /** A client that signs: by RS384 or ES384, as its key is. */
    public void signingClient(String id, JWK key, Duration tokenLife) {
        front.publish(id, new JWKSet(key.toPublicJWK()).toString());
        SignatureAlgorithm algorithm =
                key.getKeyType().getValue().equals("RSA") ? SignatureAlgorithm.RS384 : SignatureAlgorithm.ES384;
        register(
                id,
                tokenLife,
                false,
                client -> client.clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                        .clientSettings(ClientSettings.builder()
                                .jwkSetUrl(
                                        tokenEndpoint().resolve("/keys/" + id).toString())
                                .tokenEndpointAuthenticationSigningAlgorithm(algorithm)
                                .build()));
    }

    /** A client that only says who it is. */
    public void publicClient(String id, Duration tokenLife) {
        register(id, tokenLife, false, client -> client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE));
    }

    private void register(String id, Duration tokenLife, boolean lasting, UnaryOperator<RegisteredClient.Builder> how) {
        RegisteredClient.Builder client = RegisteredClient.withId(id)
                .clientId(id)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scope("patient/*.read")
                .scope("patient/Observation.read")
                .scope("system/*.cruds")
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(tokenLife)
                        .accessTokenFormat(OAuth2TokenFormat.REFERENCE)
                        .reuseRefreshTokens(lasting)
                        .build());
        clients.save(how.apply(client).build());
    }

    // --- grants

    /** What a patient's consent gives the client. */
    public OAuthGrant grant(String clientId, String... scopes) {
        RegisteredClient client = clients.findById(clientId);
        Instant now = Instant.now();
        Duration life = client.getTokenSettings().getAccessTokenTimeToLive();
        String access = "access-" + UUID.randomUUID();
        String refresh = "refresh-" + UUID.randomUUID();
        grants.save(OAuth2Authorization.withRegisteredClient(client)
                .principalName("a patient")
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizedScopes(Set.of(scopes))
                .attribute(java.security.Principal.class.getName(), new TestingAuthenticationToken("a patient", null))
                .accessToken(new OAuth2AccessToken(
                        OAuth2AccessToken.TokenType.BEARER, access, now, now.plus(life), Set.of(scopes)))
                .refreshToken(new OAuth2RefreshToken(refresh, now, now.plus(Duration.ofDays(1))))
                .build());
        return new OAuthGrant(clientId, access, now.plus(life), refresh);
    }

    /** The scopes of the grant that this refresh token belongs to are fewer from now on. */
    public void narrow(String refreshToken, String... scopes) {
        OAuth2Authorization grant =
                find(refreshToken, OAuth2TokenType.REFRESH_TOKEN).orElseThrow();
        grants.save(
                OAuth2Authorization.from(grant).authorizedScopes(Set.of(scopes)).build());
    }

    /** The patient, or the portal, ends the grant that this token (of either kind) belongs to. */
    public void revoke(String token) {
        grants.remove(find(token, null).orElseThrow());
    }

    /** Whether a source that trusts this server takes the access token: issued, not replaced, not expired. */
    public boolean accepts(String accessToken) {
        return find(accessToken, OAuth2TokenType.ACCESS_TOKEN)
                .map(OAuth2Authorization::getAccessToken)
                .filter(OAuth2Authorization.Token::isActive)
                .isPresent();
    }

    private Optional<OAuth2Authorization> find(String token, OAuth2TokenType type) {
        OAuth2AuthorizationService all = grants;
        return Optional.ofNullable(all.findByToken(token, type));
    }

    // --- what happened, and what shall go wrong

    /** Every request to the token endpoint, in the order of arrival. */
    public List<TokenRequest> requests() {
        return front.requests();
    }

    /** The next so many requests to the token endpoint fail like this. */
    public void fail(TokenFault fault, int times) {
        front.fail(fault, times);
    }

    public void clearFaults() {
        front.clearFaults();
    }

    /** Lets go of the requests that stall. */
    public void release() {
        front.release();
    }

    @Override
    public void close() {
        front.release();
        context.close();
    }
}
