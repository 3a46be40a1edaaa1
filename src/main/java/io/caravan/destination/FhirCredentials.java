package io.caravan.destination;

import io.caravan.support.Checks;
import io.caravan.support.secret.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How Caravan signs in at a FHIR server.
 *
 * @param auth {@code none}, {@code bearer} (a token that does not change) or {@code oauth2} (client credentials)
 * @param token of {@code bearer}; null otherwise, as the others are that {@code auth} has no use for
 * @param scope what to ask for; null for what the client is registered with
 * @param clientAuth {@code basic} or {@code post}: where the secret stands in a request for a token
 */
public record FhirCredentials(
        String auth,
        Secret token,
        String tokenEndpoint,
        String clientId,
        Secret clientSecret,
        String scope,
        String clientAuth)
        implements DestinationCredentials {

    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    public FhirCredentials {
        boolean nothing = token == null && tokenEndpoint == null && clientId == null && clientSecret == null;
        auth = auth == null && nothing ? "none" : auth;
        clientAuth = clientAuth == null && "oauth2".equals(auth) ? "basic" : clientAuth;
        Checks checks = new Checks()
                .text("credentials.auth", auth, 20)
                .oneOf("credentials.auth", auth, Set.of("none", "bearer", "oauth2"))
                .optionalText("credentials.scope", scope, 5000)
                .oneOf("credentials.client_auth", clientAuth, Set.of("basic", "post"));
        if ("bearer".equals(auth)) {
            checkToken(checks, token);
        } else {
            unused(checks, auth, "token", token);
        }
        if ("oauth2".equals(auth)) {
            checkClient(checks, tokenEndpoint, clientId, clientSecret);
        } else {
            unused(checks, auth, "token_endpoint", tokenEndpoint);
            unused(checks, auth, "client_id", clientId);
            unused(checks, auth, "client_secret", clientSecret);
            unused(checks, auth, "scope", scope);
            unused(checks, auth, "client_auth", clientAuth);
        }
        checks.done();
    }

    private static void checkToken(Checks checks, Secret token) {
        String word = DestinationCredentials.revealed(token);
        checks.text("credentials.token", word, 20_000)
                .matches("credentials.token", word, TOKEN, "must be one word of ASCII characters");
    }

    private static void checkClient(Checks checks, String endpoint, String id, Secret secret) {
        checks.text("credentials.token_endpoint", endpoint, 2000)
                .that(isEndpoint(endpoint), "credentials.token_endpoint", "must be an absolute http or https URL")
                .text("credentials.client_id", id, 1000)
                .text("credentials.client_secret", DestinationCredentials.revealed(secret), 5000);
    }

    private static void unused(Checks checks, String auth, String field, Object value) {
        checks.that(value == null, "credentials." + field, "is not used with auth " + auth);
    }

    private static boolean isEndpoint(String url) {
        if (url == null) {
            return true; // is said to be required
        }
        try {
            URI uri = new URI(url);
            return uri.getScheme() != null
                    && uri.getScheme().matches("https?")
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Empty where Caravan does not sign in. */
    @Override
    public List<String> names() {
        if (auth.equals("none")) {
            return List.of();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("auth", auth);
        values.put("token", token);
        values.put("token_endpoint", tokenEndpoint);
        values.put("client_id", clientId);
        values.put("client_secret", clientSecret);
        values.put("scope", scope);
        values.put("client_auth", clientAuth);
        return values.entrySet().stream()
                .filter(value -> Objects.nonNull(value.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Only what is there, not what it is. */
    @Override
    public String toString() {
        return "FhirCredentials" + names();
    }
}
