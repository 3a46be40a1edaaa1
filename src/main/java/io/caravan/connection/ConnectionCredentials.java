package io.caravan.connection;

import io.caravan.support.Checks;
import io.caravan.support.secret.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a grant gave: each null where it did not. All null for an open source. Never returned, never printed. */
public record ConnectionCredentials(
        Secret accessToken,
        Instant expiresAt,
        Secret refreshToken,
        String tokenEndpoint,
        String clientId,
        Secret clientSecret) {

    private static final int MAX_LENGTH = 20_000;

    /** Of an open source. */
    public static final ConnectionCredentials NONE = new ConnectionCredentials(null, null, null, null, null, null);

    public boolean none() {
        return names().isEmpty();
    }

    void check() {
        Checks checks = new Checks()
                .optionalText("credentials.access_token", revealed(accessToken), MAX_LENGTH)
                .optionalText("credentials.refresh_token", revealed(refreshToken), MAX_LENGTH)
                .optionalText("credentials.client_secret", revealed(clientSecret), MAX_LENGTH)
                .optionalText("credentials.client_id", clientId, 1000)
                .baseUrl("credentials.token_endpoint", tokenEndpoint);
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
        checks.done();
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
