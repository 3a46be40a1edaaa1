package io.caravan.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** An id as it stands in a URL's path or query (RFC 3986 § 2.1). */
public final class UrlSegment {

    private UrlSegment() {}

    /** Percent-encoded UTF-8; a space is {@code %20}, never {@code +}. */
    public static String encode(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
