package io.caravan.destination;

import io.caravan.support.Checks;
import io.caravan.support.secret.Secret;
import java.util.List;

/**
 * What a destination is opened with. Write-only: used by tests and export jobs, never returned, never printed.
 *
 * @param sessionToken null where the key is a lasting one
 */
public record DestinationCredentials(String accessKey, Secret secret, Secret sessionToken) {

    public DestinationCredentials {
        new Checks()
                .text("credentials.access_key", accessKey, 500)
                .text("credentials.secret", revealed(secret), 5000)
                .optionalText("credentials.session_token", revealed(sessionToken), 10_000)
                .done();
    }

    /** The names of what is there, in the API's words. */
    List<String> names() {
        return sessionToken == null
                ? List.of("access_key", "secret")
                : List.of("access_key", "secret", "session_token");
    }

    /** The access key is a secret's neighbour: neither is printed. */
    @Override
    public String toString() {
        return "DestinationCredentials" + names();
    }

    static String revealed(Secret secret) {
        return secret == null ? null : secret.reveal();
    }
}
