package io.caravan.support;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** The base of a FHIR server or a storage endpoint: http or https, without user, query, fragment or trailing slash. */
public final class BaseUrl {

    private static final int MAX_LENGTH = 2000;

    private BaseUrl() {}

    /**
     * The normalised form: scheme and host in lower case, no default port, no trailing slash.
     *
     * @throws IllegalArgumentException with what is wrong, in words that follow a field's name
     */
    public static URI of(String text) {
        URI uri = parse(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        require(scheme.equals("https") || scheme.equals("http"), "must be an absolute http or https URL");
        require(uri.getHost() != null && uri.getPort() <= 65535, "must name a host");
        require(uri.getRawUserInfo() == null, "must not contain a user or a password");
        require(uri.getRawQuery() == null && uri.getRawFragment() == null, "must not have a query or a fragment");
        return URI.create(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port(scheme, uri.getPort())
                + path(uri.getRawPath()));
    }

    private static URI parse(String text) {
        require(text.length() <= MAX_LENGTH, "must have at most " + MAX_LENGTH + " characters");
        try {
            return new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URL");
        }
    }

    private static String port(String scheme, int port) {
        int standard = scheme.equals("https") ? 443 : 80;
        return port < 0 || port == standard ? "" : ":" + port;
    }

    private static String path(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
