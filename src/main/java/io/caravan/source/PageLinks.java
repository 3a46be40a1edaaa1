package io.caravan.source;

import io.caravan.support.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Where a {@code next} link or a redirect leads: to the same origin, byte for byte, or nowhere (sources.md 10, 11). */
public final class PageLinks {

    private PageLinks() {}

    /**
     * The next page's absolute URL.
     *
     * @param page the absolute URL of the page that carries the link
     * @param next the link: absolute, without a scheme, or relative (RFC 3986 § 4.2)
     * @param base the source's FHIR base where another server's name in the link is only what the source is called inside
     *     its own network; empty where such a link is refused
     * @throws SourceException {@code next_refused} where it leads to another origin, {@code next_loops} to the same page,
     *     {@code next_without_url} where it has no address
     */
    public static String follow(String page, String next, Optional<String> base) {
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
            String elsewhere = there.origin().host();
            target = base.map(own -> rebased(own, page, there.rest()))
                    .orElseThrow(() -> refused("it leads to another server, %s".formatted(elsewhere)));
        }
        if (Origin.locate(target).equals(Optional.of(here))) {
            throw SourceException.permanent(
                    ErrorCode.NEXT_LOOPS,
                    SourceException.Outcome.FAILED,
                    "The source's next link leads to the same page.");
        }
        return target;
    }

    /** The same page under the source's own base: what stands behind the base it is known by inside is kept to the letter. */
    private static String rebased(String base, String page, String rest) {
        Origin.Located own = Origin.locate(base).orElseThrow(() -> refused("the source has no base URL"));
        String root = own.origin().root();
        String under = path(own.rest()).replaceFirst("/+$", "");
        String there = path(rest);
        String query = rest.substring(there.length());
        String type = last(path(Origin.locate(page).orElseThrow().rest()));
        if (there.equals(under) || there.startsWith(under + "/")) {
            return root + rest;
        }
        if (last(there).equals(type)) {
            return root + under + "/" + type + query;
        }
        if (last(there).equals(last(under))) {
            return root + under + query;
        }
        throw refused("it leads to another server, and to a path there that says nothing of the source's own");
    }

    private static String path(String rest) {
        return rest.replaceFirst("\\?.*", "");
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * The absolute URL that a redirect leads to (RFC 9110 § 10.2.2).
     *
     * @param asked the absolute URL that was asked for
     * @throws SourceException {@code redirect_refused} where it leads to another origin: a token must not go there, and
     *     what it serves is not the source's
     */
    static String redirect(String asked, String location) {
        Origin.Located here = Origin.locate(asked).orElseThrow(() -> redirectRefused("it came from nowhere"));
        String target = absolute(here, location);
        Origin.Located there = Origin.locate(target).orElseThrow(() -> redirectRefused("it leads to no http(s) URL"));
        if (!there.origin().equals(here.origin())) {
            throw redirectRefused(
                    "it leads to another server, %s. If that is where the source is now, give its address as the source's base URL"
                            .formatted(there.origin().host()));
        }
        return target;
    }

    /** By which a page is known again, however the link to it is written: the SHA-256 of origin and request target. */
    public static byte[] hash(String url) {
        Origin.Located located = Origin.locate(url).orElseThrow(() -> refused("it is not an http(s) URL"));
        String one = located.origin().root() + located.rest();
        try {
            return MessageDigest.getInstance("SHA-256").digest(one.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static String absolute(Origin.Located here, String next) {
        String root = here.origin().root();
        String path = path(here.rest());
        if (next.matches("(?i)[a-z][a-z0-9+.-]*:.*")) {
            return next;
        }
        if (next.startsWith("//")) {
            return here.origin().scheme() + ":" + next;
        }
        if (next.startsWith("/")) {
            return root + next;
        }
        if (next.startsWith("?")) {
            return root + path + next;
        }
        return root + path.substring(0, path.lastIndexOf('/') + 1) + next;
    }

    static SourceException redirectRefused(String why) {
        return SourceException.permanent(
                ErrorCode.REDIRECT_REFUSED,
                SourceException.Outcome.FAILED,
                "The source's redirect was not followed: %s.".formatted(why));
    }

    private static SourceException refused(String why) {
        return SourceException.permanent(
                ErrorCode.NEXT_REFUSED,
                SourceException.Outcome.FAILED,
                "The source's next link was not followed: %s.".formatted(why));
    }
}
