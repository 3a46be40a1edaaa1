package io.caravan.source;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scheme, host and port of a URL (RFC 6454), compared after parsing: case, a default port and user information do not
 * make two of one. {@code rest} is what goes on the request line, byte for byte.
 */
record Origin(String scheme, String host, int port) {

    // java.net.URI would refuse the characters that real servers put into the query of a next link.
    private static final Pattern ABSOLUTE = Pattern.compile(
            "(?i)(https?)://(\\[[0-9a-f:.]+]|[^/?#@:\\[\\]\\\\]+)(?::(\\d{0,5}))?(/[^#]*|\\?[^#]*)?(#.*)?");

    /** An absolute http(s) URL taken apart. */
    record Located(Origin origin, String rest) {}

    /** Empty where the text is not an absolute http(s) URL, or carries user information. */
    static Optional<Located> locate(String url) {
        Matcher m = ABSOLUTE.matcher(url);
        if (!m.matches()) {
            return Optional.empty();
        }
        String scheme = m.group(1).toLowerCase(Locale.ROOT);
        int port = m.group(3) == null || m.group(3).isEmpty() ? defaultPort(scheme) : Integer.parseInt(m.group(3));
        String rest = m.group(4) == null ? "/" : m.group(4).startsWith("?") ? "/" + m.group(4) : m.group(4);
        return Optional.of(new Located(new Origin(scheme, m.group(2).toLowerCase(Locale.ROOT), port), rest));
    }

    /** What a path is put behind: the port is always said. */
    String root() {
        return scheme + "://" + host + ":" + port;
    }

    /** Whether two URLs lead to the same server; one that is no http(s) URL leads nowhere. */
    static boolean same(String one, String other) {
        Optional<Origin> origin = locate(one).map(Located::origin);
        return origin.isPresent() && origin.equals(locate(other).map(Located::origin));
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
