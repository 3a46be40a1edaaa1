package io.caravan.connection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravan.support.secret.SealedColumn;
import io.caravan.support.secret.Sealer;
import io.caravan.support.secret.Secret;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** A connection's credentials as one sealed JSON, bound to its row. */
@Component("sealedConnectionCredentials")
class SealedCredentials implements SealedColumn {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Sealer sealer;

    SealedCredentials(Sealer sealer) {
        this.sealer = sealer;
    }

    @Override
    public String table() {
        return "connection";
    }

    @Override
    public String column() {
        return "credentials_sealed";
    }

    /** Null for an open source. */
    byte[] seal(String orgId, String id, ConnectionCredentials credentials) {
        if (credentials.none()) {
            return null;
        }
        ObjectNode json = JSON.createObjectNode()
                .put("access_token", ConnectionCredentials.revealed(credentials.accessToken()))
                .put("refresh_token", ConnectionCredentials.revealed(credentials.refreshToken()))
                .put("token_endpoint", credentials.tokenEndpoint())
                .put("client_id", credentials.clientId())
                .put("client_secret", ConnectionCredentials.revealed(credentials.clientSecret()))
                .put("client_auth", credentials.clientAuth())
                .put("private_key", ConnectionCredentials.revealed(credentials.privateKey()));
        if (credentials.expiresAt() != null) {
            json.put("expires_at", credentials.expiresAt().toString());
        }
        return sealer.seal(json.toString(), "connection", row(orgId, id), "credentials_sealed");
    }

    ConnectionCredentials unseal(String orgId, String id, byte[] sealed) {
        if (sealed == null) {
            return ConnectionCredentials.NONE;
        }
        ObjectNode json = read(sealer.unseal(sealed, "connection", row(orgId, id), "credentials_sealed"));
        String expiresAt = text(json, "expires_at");
        return new ConnectionCredentials(
                secret(json, "access_token"),
                expiresAt == null ? null : Instant.parse(expiresAt),
                secret(json, "refresh_token"),
                text(json, "token_endpoint"),
                text(json, "client_id"),
                secret(json, "client_secret"),
                text(json, "client_auth"),
                secret(json, "private_key"));
    }

    private static ObjectNode read(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Sealed credentials are not JSON"); // without the cause: it quotes them
        }
    }

    private static Secret secret(ObjectNode json, String name) {
        String value = text(json, name);
        return value == null ? null : Secret.of(value);
    }

    private static String text(ObjectNode json, String name) {
        return json.path(name).asText(null);
    }

    private static String row(String orgId, String id) {
        return orgId + "/" + id;
    }
}
