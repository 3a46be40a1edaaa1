package io.caravan.destination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.support.secret.SealedColumn;
import io.caravan.support.secret.Sealer;
import io.caravan.support.secret.Secret;
import org.springframework.stereotype.Component;

/** A destination's credentials as one sealed JSON, bound to its row. */
@Component("sealedDestinationCredentials")
class SealedCredentials implements SealedColumn {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sealer sealer;

    SealedCredentials(Sealer sealer) {
        this.sealer = sealer;
    }

    @Override
    public String table() {
        return "destination";
    }

    @Override
    public String column() {
        return "credentials_sealed";
    }

    byte[] seal(String orgId, String id, DestinationCredentials credentials) {
        String json = JSON.createObjectNode()
                .put("access_key", credentials.accessKey())
                .put("secret", credentials.secret().reveal())
                .put("session_token", DestinationCredentials.revealed(credentials.sessionToken()))
                .toString();
        return sealer.seal(json, "destination", orgId + "/" + id, "credentials_sealed");
    }

    DestinationCredentials unseal(String orgId, String id, byte[] sealed) {
        JsonNode json = read(sealer.unseal(sealed, "destination", orgId + "/" + id, "credentials_sealed"));
        String sessionToken = json.path("session_token").asText(null);
        return new DestinationCredentials(
                json.path("access_key").asText(),
                Secret.of(json.path("secret").asText()),
                sessionToken == null ? null : Secret.of(sessionToken));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Sealed credentials are not JSON"); // without the cause: it quotes them
        }
    }
}
