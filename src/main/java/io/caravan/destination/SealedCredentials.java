package io.caravan.destination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        return sealer.seal(write(credentials).toString(), "destination", row(orgId, id), "credentials_sealed");
    }

    DestinationCredentials unseal(String orgId, String id, String type, byte[] sealed) {
        JsonNode json = read(sealer.unseal(sealed, "destination", row(orgId, id), "credentials_sealed"));
        return switch (type) {
            case "fhir" -> fhir(json);
            case "file" -> new NoCredentials();
            default -> storage(json);
        };
    }

    private static ObjectNode write(DestinationCredentials credentials) {
        if (credentials instanceof FhirCredentials fhir) {
            return write(fhir);
        }
        return credentials instanceof StorageCredentials storage ? write(storage) : JSON.createObjectNode();
    }

    private static ObjectNode write(FhirCredentials credentials) {
        return JSON.createObjectNode()
                .put("auth", credentials.auth())
                .put("token", DestinationCredentials.revealed(credentials.token()))
                .put("token_endpoint", credentials.tokenEndpoint())
                .put("client_id", credentials.clientId())
                .put("client_secret", DestinationCredentials.revealed(credentials.clientSecret()))
                .put("scope", credentials.scope())
                .put("client_auth", credentials.clientAuth());
    }

    private static ObjectNode write(StorageCredentials credentials) {
        return JSON.createObjectNode()
                .put("access_key", credentials.accessKey())
                .put("secret", DestinationCredentials.revealed(credentials.secret()))
                .put("session_token", DestinationCredentials.revealed(credentials.sessionToken()))
                .put("sas_token", DestinationCredentials.revealed(credentials.sasToken()))
                .put("service_account_json", DestinationCredentials.revealed(credentials.serviceAccountJson()));
    }

    private static FhirCredentials fhir(JsonNode json) {
        return new FhirCredentials(
                text(json, "auth"),
                secret(json, "token"),
                text(json, "token_endpoint"),
                text(json, "client_id"),
                secret(json, "client_secret"),
                text(json, "scope"),
                text(json, "client_auth"));
    }

    private static StorageCredentials storage(JsonNode json) {
        return new StorageCredentials(
                text(json, "access_key"),
                secret(json, "secret"),
                secret(json, "session_token"),
                secret(json, "sas_token"),
                secret(json, "service_account_json"));
    }

    private static Secret secret(JsonNode json, String name) {
        String value = text(json, name);
        return value == null ? null : Secret.of(value);
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asText(null);
    }

    private static String row(String orgId, String id) {
        return orgId + "/" + id;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Sealed credentials are not JSON"); // without the cause: it quotes them
        }
    }
}
