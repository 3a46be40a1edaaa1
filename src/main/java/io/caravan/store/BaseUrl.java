package io.caravan.store;

import java.util.Locale;
import java.util.Optional;

/**
 * A source's FHIR base URL in the one spelling that its records carry (product.md § 2 "Ids"): scheme and host in lower
 * case, no default port, no trailing slash. The spelling must not depend on how somebody typed it, because it ends up
 * in {@code meta.source} and in the identifier of every scoped Patient.
 *
 * @param origin {@code https://host} or {@code http://host:8080}
 * @param path empty, or a path that starts with a slash and does not end with one: {@code /fhir/r4}
 */
public record BaseUrl(String origin, String path) {

    /**
     * @throws IllegalArgumentException unless the text is an absolute http(s) URL without user info, query and fragment
     */
    public static BaseUrl of(String text) {
        return parse(text)
                .filter(url -> url.path.indexOf('?') < 0 && url.path.indexOf('#') < 0)
                .map(url -> new BaseUrl(url.origin, withoutTrailingSlashes(url.path)))
                .orElseThrow(() -> new IllegalArgumentException(
                        "a FHIR base URL is http(s)://host[:port][/path], without user, query and fragment"));
    }

    /** The URL itself, without a trailing slash. */
    public String url() {
        return origin + path;
    }

    /** What follows {@code <base>/} in an absolute URL of the same server and path; empty for any other text. */
    Optional<String> relativize(String absolute) {
        return parse(absolute)
                .filter(url -> url.origin.equals(origin))
                .map(BaseUrl::path)
                .filter(rest -> rest.startsWith(path) && rest.startsWith("/", path.length()))
                .map(rest -> rest.substring(path.length() + 1));
    }

    private static Optional<BaseUrl> parse(String text) {
        int colon = text.indexOf("://");
        if (colon < 4 || colon > 5) {
            return Optional.empty();
        }
        String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
        int end = endOfAuthority(text, colon + 3);
        String authority = text.substring(colon + 3, end).toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || authority.isEmpty() || authority.startsWith(":") || authority.indexOf('@') >= 0) {
            return Optional.empty();
        }
        return Optional.of(new BaseUrl(scheme + "://" + withoutDefaultPort(scheme, authority), text.substring(end)));
    }

    private static int endOfAuthority(String text, int from) {
        int at = from;
        while (at < text.length() && "/?#".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private static String withoutDefaultPort(String scheme, String authority) {
        String port = scheme.equals("https") ? ":443" : ":80";
        if (authority.endsWith(port)) {
            return authority.substring(0, authority.length() - port.length());
        }
        return authority.endsWith(":") ? authority.substring(0, authority.length() - 1) : authority;
    }

    private static String withoutTrailingSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
