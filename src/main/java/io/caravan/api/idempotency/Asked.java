package io.caravan.api.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A POST with an {@code Idempotency-Key}.
 *
 * @param caller whose key it is: callers do not know of each other's
 * @param path as it was asked for
 * @param digest SHA-256 of all that makes it the same request
 * @param id this request's own
 */
record Asked(String caller, String key, String path, byte[] digest, String id) {

    private static final Pattern ORGANIZATION = Pattern.compile("^/api/v1/organizations/(org_[0-9a-f]{32})/");

    static Asked of(String caller, String key, String path, String query, byte[] body, String id) {
        return new Asked(caller, key, path, digest(path, query, body), id);
    }

    /** The organization that it is about; null for one that is about none. */
    String org() {
        Matcher org = ORGANIZATION.matcher(path);
        return org.find() ? org.group(1) : null;
    }

    private static byte[] digest(String path, String query, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // No path and no query holds a line feed: what belongs to which is certain.
            digest.update((path + "\n" + (query == null ? "" : query) + "\n").getBytes(StandardCharsets.UTF_8));
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
