package io.caravan.destination;

import io.caravan.support.Checks;
import io.caravan.support.secret.Secret;
import java.util.List;

/**
 * What object storage is opened with.
 *
 * @param sessionToken null where the key is a lasting one
 */
public record StorageCredentials(String accessKey, Secret secret, Secret sessionToken)
        implements DestinationCredentials {

    public StorageCredentials {
        new Checks()
                .text("credentials.access_key", accessKey, 500)
                .text("credentials.secret", DestinationCredentials.revealed(secret), 5000)
                .optionalText("credentials.session_token", DestinationCredentials.revealed(sessionToken), 10_000)
                .done();
    }

    @Override
    public List<String> names() {
        return sessionToken == null
                ? List.of("access_key", "secret")
                : List.of("access_key", "secret", "session_token");
    }

    /** The access key is a secret's neighbour: neither is printed. */
    @Override
    public String toString() {
        return "StorageCredentials" + names();
    }
}
