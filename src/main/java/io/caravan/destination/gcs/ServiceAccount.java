package io.caravan.destination.gcs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.support.BaseUrl;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * A service account of Google Cloud, as its key file says it. Only the fields that are needed are read: a file may name
 * other ways of signing in, which read files or start programs, and other clouds.
 *
 * @param tokenUri where its assertions are exchanged for tokens
 */
public record ServiceAccount(
        String clientEmail, String privateKeyId, PrivateKey privateKey, String projectId, URI tokenUri) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOGLE = "https://oauth2.googleapis.com/token";
    private static final String UNNAMED = "unnamed";

    /**
     * Reads a key file.
     *
     * @throws IllegalArgumentException with what is wrong, in words that follow a field's name; it quotes nothing
     */
    public static ServiceAccount of(String keyFile) {
        JsonNode json = read(keyFile);
        require(json.path("type").asText().equals("service_account"), "must be a key file of type service_account");
        require(json.path("client_email").isTextual(), "has no client_email");
        return new ServiceAccount(
                json.path("client_email").asText(),
                json.path("private_key_id").asText(null),
                key(json.path("private_key").asText("")),
                json.path("project_id").asText(UNNAMED),
                tokenUri(json.path("token_uri").asText(GOOGLE)));
    }

    private static JsonNode read(String keyFile) {
        try {
            JsonNode json = JSON.readTree(keyFile);
            require(json != null && json.isObject(), "must be the JSON of a key file");
            return json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "must be the JSON of a key file"); // without the cause: it quotes the file
        }
    }

    private static PrivateKey key(String pem) {
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("has no private_key that can be read"); // as above
        }
    }

    private static URI tokenUri(String text) {
        try {
            return BaseUrl.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has a token_uri that is no http or https URL");
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Not the key. */
    @Override
    public String toString() {
        return "ServiceAccount[" + clientEmail + "]";
    }
}
