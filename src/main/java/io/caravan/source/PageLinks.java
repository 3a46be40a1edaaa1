package io.caravan.source;

import io.caravan.support.ErrorCode;

/** Where a {@code next} link leads: to the same origin, byte for byte, or nowhere (sources.md 10, 11). */
public final class PageLinks {

    private PageLinks() {}

    /**
     * The next page's absolute URL.
     *
     * @param page the absolute URL of the page that carries the link
     * @param next the link: absolute, without a scheme, or relative (RFC 3986 § 4.2)
     * @throws SourceException {@code next_refused} where it leads to another origin, {@code next_loops} to the same page
     */
    public static String follow(String page, String next) {
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
