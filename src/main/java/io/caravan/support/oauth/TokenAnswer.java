package io.caravan.support.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.support.oauth.OAuthException.Reason;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What the answer of a token endpoint means (RFC 6749 § 5); pure. */
final class TokenAnswer {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KNOWN = Set.of(
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope");
    /** Of the authorization endpoint, and sent by token endpoints all the same, whatever the status. */
    private static final Set<String> PASSING = Set.of("server_error", "temporarily_unavailable", "slow_down");

    private static final Duration LONGEST_LIFE = Duration.ofDays(3650);

    private TokenAnswer() {}

    /**
     * The token.
     *
     * @param wait how long the endpoint asks to wait; null where it does not
     * @throws OAuthException where there is none
     */
    static GrantedToken of(int status, byte[] body, Duration wait) {
        if (status == 429 || status == 503 && wait != null) {
            throw OAuthException.answered(Reason.THROTTLED, status, wait);
        }
        if (status >= 500 || status == 408 || status == 425) {
            throw OAuthException.answered(Reason.SERVER_ERROR, status, wait);
        }
        JsonNode json = parse(body);
        if (status == 200) {
            return granted(json);
        }
        String error = json.path("error").asText("");
        if (status >= 300 && status < 400) {
            throw OAuthException.of(
                    Reason.UNEXPLAINED,
                    "The token endpoint answered %d: redirects are not followed.".formatted(status));
        }
        if (status < 400 || error.isBlank()) {
            throw OAuthException.answered(Reason.UNEXPLAINED, status, wait);
        }
        throw PASSING.contains(error)
                ? OAuthException.answered(Reason.SERVER_ERROR, status, wait)
                : refused(status, error);
    }

    private static GrantedToken granted(JsonNode json) {
        String token = json.path("access_token").asText("");
        if (!json.isObject()) {
            throw OAuthException.of(Reason.NO_TOKEN, "The token endpoint's answer is not JSON.");
        }
        if (!usable(token)) {
            throw OAuthException.of(Reason.NO_TOKEN, "The token endpoint's answer holds no usable access token.");
        }
        if (!json.path("token_type").asText("Bearer").equalsIgnoreCase("bearer")) {
            throw OAuthException.of(Reason.NO_TOKEN, "The token endpoint's token is not a bearer token.");
        }
        return new GrantedToken(
                Secret.of(token),
                lifetime(json.path("expires_in")),
                text(json, "refresh_token").map(Secret::of),
                text(json, "scope"));
    }

    /** It goes into a header: visible ASCII. */
    private static boolean usable(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }

    /** A number, or one in quotes as some send it; what makes no sense is not known. */
    private static Optional<Duration> lifetime(JsonNode seconds) {
        long life = seconds.asLong(0);
        return life <= 0 || life > LONGEST_LIFE.toSeconds() ? Optional.empty() : Optional.of(Duration.ofSeconds(life));
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.path(name).asText(null)).filter(text -> !text.isBlank());
    }

    private static OAuthException refused(int status, String error) {
        if (error.equals("invalid_grant")) {
            return OAuthException.refused(
                    Reason.INVALID_GRANT,
                    error,
                    "The token endpoint answered invalid_grant: the grant has expired, was revoked or was used up.");
        }
        return KNOWN.contains(error)
                ? OAuthException.refused(
                        Reason.REFUSED,
                        error,
                        "The token endpoint answered %s: check the client's id, secret or key, and its registration there."
                                .formatted(error))
                : OAuthException.refused(
                        Reason.REFUSED,
                        null,
                        "The token endpoint answered %d with an error of its own: check the client's registration there."
                                .formatted(status));
    }

    /** A missing node where it is no JSON object: whatever the parser says of it would quote it. */
    private static JsonNode parse(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json != null && json.isObject() ? json : JSON.missingNode();
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
