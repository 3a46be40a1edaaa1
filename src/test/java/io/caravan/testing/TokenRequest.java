package io.caravan.testing;

import java.time.Instant;
import java.util.Map;

/**
 * One request that reached an {@link OAuthServer}'s token endpoint.
 *
 * @param parameters its form, each by its first value
 * @param authorization the Authorization header; empty where there was none
 * @param status what was answered, or would have been where the answer was lost; 0 while it waits
 */
public record TokenRequest(Instant at, Map<String, String> parameters, String authorization, int status) {

    public String grantType() {
        return parameters.getOrDefault("grant_type", "");
    }

    /** The refresh token that was sent; empty for another kind of grant. */
    public String refreshToken() {
        return parameters.getOrDefault("refresh_token", "");
    }

    TokenRequest answered(int answer) {
        return new TokenRequest(at, parameters, authorization, answer);
    }
}
