package io.caravan.source;

import io.caravan.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Where a {@code next} link leads: to the same origin, byte for byte, or nowhere (sources.md 10, 11). */
public final class PageLinks {

    private PageLinks() {}

    /**
     * The next page's absolute URL.
     *
     * @param page the absolute URL of the page that carries the link
     * @param next the link: absolute, without a scheme, or relative (RFC 3986 § 4.2)
     * @throws SourceException {@code next_refused} where it leads to another origin, {@code next_loops} to the same page,
     *     {@code next_without_url} where it has no address
     */
    public static String follow(String page, String next) {
        if (next.isBlank()) {
            throw SourceException.permanent(
                    ErrorCode.NEXT_WITHOUT_URL,
                    SourceException.Outcome.FAILED,
                    "The source's page has a next link without an address: there is more, and no way to it.");
        }
        Origin.Located here = Origin.locate(page).orElseThrow(() -> refused("the page has no absolute URL"));
        String target = absolute(here, next);
        Origin.Located there = Origin.locate(target).orElseThrow(() -> refused("it is not an http(s) URL"));
        if (!there.origin().equals(here.origin())) {
            throw refused(
                    "it leads to another server, %s".formatted(there.origin().host()));
        }
        if (there.equals(here)) {
            throw SourceException.permanent(
                    ErrorCode.NEXT_LOOPS,
                    SourceException.Outcome.FAILED,
                    "The source's next link leads to the same page.");
        }
        return target;
    }

    /** By which a page is known again, however the link to it is written: the SHA-256 of origin and request target. */
    public static byte[] hash(String url) {
        Origin.Located located = Origin.locate(url).orElseThrow(() -> refused("it is not an http(s) URL"));
        Origin o = located.origin();
        String one = "%s://%s:%d%s".formatted(o.scheme(), o.host(), o.port(), located.rest());
        try {
            return MessageDigest.getInstance("SHA-256").digest(one.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static String absolute(Origin.Located here, String next) {
        Origin o = here.origin();
        String root = o.scheme() + "://" + o.host() + ":" + o.port();
        String path = here.rest().replaceFirst("\\?.*", "");
        if (next.matches("(?i)[a-z][a-z0-9+.-]*:.*")) {
            return next;
        }
        if (next.startsWith("//")) {
            return o.scheme() + ":" + next;
        }
        if (next.startsWith("/")) {
            return root + next;
        }
        if (next.startsWith("?")) {
            return root + path + next;
        }
        return root + path.substring(0, path.lastIndexOf('/') + 1) + next;
    }

    private static SourceException refused(String why) {
        return SourceException.permanent(
                ErrorCode.NEXT_REFUSED,
                SourceException.Outcome.FAILED,
                "The source's next link was not followed: %s.".formatted(why));
    }
}
