package io.caravan.connection;

import io.caravan.support.Checks;
import io.caravan.support.oauth.ClientAuthentication;
import io.caravan.support.oauth.ClientAuthentication.None;
import io.caravan.support.oauth.ClientAuthentication.PrivateKeyJwt;
import io.caravan.support.oauth.ClientAuthentication.SecretBasic;
import io.caravan.support.oauth.ClientAuthentication.SecretPost;
import io.caravan.support.oauth.GrantedToken;
import io.caravan.support.oauth.SigningKey;
import io.caravan.support.oauth.TokenEndpoint;
import io.caravan.support.secret.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a grant gave: each null where it did not. All null for an open source. Never returned, never printed.
 *
 * @param clientAuth how the client proves itself at the token endpoint; null for what follows from the rest
 * @param privateKey a JWK, or PEM
 */
public record ConnectionCredentials(
        Secret accessToken,
        Instant expiresAt,
        Secret refreshToken,
        String tokenEndpoint,
        String clientId,
        Secret clientSecret,
        String clientAuth,
        Secret privateKey) {

    private static final int MAX_LENGTH = 20_000;
    private static final Set<String> CLIENT_AUTH =
            Set.of("none", "client_secret_basic", "client_secret_post", "private_key_jwt");

    /** Of an open source. */
    public static final ConnectionCredentials NONE =
            new ConnectionCredentials(null, null, null, null, null, null, null, null);

    public boolean none() {
        return names().isEmpty();
    }

    void check() {
        Checks checks = new Checks()
                .optionalText("credentials.access_token", revealed(accessToken), MAX_LENGTH)
                .optionalText("credentials.refresh_token", revealed(refreshToken), MAX_LENGTH)
                .optionalText("credentials.client_secret", revealed(clientSecret), MAX_LENGTH)
                .optionalText("credentials.client_id", clientId, 1000)
                .baseUrl("credentials.token_endpoint", tokenEndpoint)
                .oneOf("credentials.client_auth", clientAuth, CLIENT_AUTH);
        if (!none()) {
            checks.that(
                    accessToken != null || refreshToken != null,
                    "credentials.access_token",
                    "is required, unless there is a refresh_token");
        }
        if (refreshToken != null) {
            checks.that(tokenEndpoint != null, "credentials.token_endpoint", "is required with a refresh_token")
                    .that(clientId != null, "credentials.client_id", "is required with a refresh_token");
        }
        checkClient(checks);
        checks.done();
    }

    private void checkClient(Checks checks) {
        checks.that(
                clientAuth != null || clientSecret == null || privateKey == null,
                "credentials.client_auth",
                "is required where there are both a client_secret and a private_key");
        String how = provenBy();
        checks.that(
                        clientSecret != null || !how.startsWith("client_secret"),
                        "credentials.client_secret",
                        "is required with client_auth " + how)
                .that(
                        privateKey != null || !how.equals("private_key_jwt"),
                        "credentials.private_key",
                        "is required with client_auth private_key_jwt")
                .that(
                        !how.equals("none") || clientSecret == null && privateKey == null,
                        "credentials.client_auth",
                        "must not be none where there is a client_secret or a private_key");
        if (privateKey != null) {
            checkKey(checks);
        }
    }

    private void checkKey(Checks checks) {
        try {
            SigningKey.parse(privateKey);
        } catch (IllegalArgumentException e) {
            checks.that(false, "credentials.private_key", e.getMessage());
        }
    }

    /** As it was given, or what follows from the rest. */
    private String provenBy() {
        if (clientAuth != null) {
            return clientAuth;
        }
        return privateKey != null ? "private_key_jwt" : clientSecret != null ? "client_secret_basic" : "none";
    }

    /** Where and as whom tokens are refreshed; only where there is a refresh token. */
    TokenEndpoint endpoint() {
        return new TokenEndpoint(URI.create(tokenEndpoint.strip()), clientId, authentication());
    }

    private ClientAuthentication authentication() {
        return switch (provenBy()) {
            case "client_secret_basic" -> new SecretBasic(clientSecret);
            case "client_secret_post" -> new SecretPost(clientSecret);
            case "private_key_jwt" -> new PrivateKeyJwt(SigningKey.parse(privateKey));
            default -> new None();
        };
    }

    /** With the tokens that were granted for those here, when they were asked for at this time. */
    ConnectionCredentials refreshed(GrantedToken granted, Instant asked) {
        return new ConnectionCredentials(
                granted.accessToken(),
                granted.expiresAt(asked).orElse(null),
                granted.refreshToken().orElse(refreshToken),
                tokenEndpoint,
                clientId,
                clientSecret,
                clientAuth,
                privateKey);
    }

    /** The names of what is there, in the API's words. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        add(names, "access_token", accessToken);
        add(names, "expires_at", expiresAt);
        add(names, "refresh_token", refreshToken);
        add(names, "token_endpoint", tokenEndpoint);
        add(names, "client_id", clientId);
        add(names, "client_secret", clientSecret);
        add(names, "client_auth", clientAuth);
        add(names, "private_key", privateKey);
        return names;
    }

    private static void add(List<String> names, String name, Object value) {
        if (value != null) {
            names.add(name);
        }
    }

    static String revealed(Secret secret) {
        return secret == null ? null : secret.reveal();
    }
}
