package io.caravan.testing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a patient's consent gave: an access token, when it ends, and a refresh token. */
public record OAuthGrant(String clientId, String accessToken, Instant expiresAt, String refreshToken) {

    /** As the API takes it; the caller adds how the client proves itself. */
    public Map<String, Object> credentials(OAuthServer server) {
        Map<String, Object> credentials = new LinkedHashMap<>();
        credentials.put("access_token", accessToken);
        credentials.put("expires_at", expiresAt.toString());
        credentials.put("refresh_token", refreshToken);
        credentials.put("token_endpoint", server.tokenEndpoint().toString());
        credentials.put("client_id", clientId);
        return credentials;
    }
}
