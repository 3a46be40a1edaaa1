package io.caravan.testing;

import io.caravan.testing.SourceShape.Here;
import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Pages of real sources (sources.md, section "Pages": lines 9 to 14). What decides how a search is cut into pages must be
 * on for its first page; the rest acts on each page it is on for.
 */
public final class FaultyPages {

    /** How a source says that a paging session has expired. */
    public enum Expiry {
        GONE_410,
        NOT_FOUND_404,
        /** 400 with Epic's code 4113. */
        BAD_REQUEST_4113,
        /** 200, no Bundle, but an OperationOutcome with Epic's code 4113. */
        OK_4113
    }

    /** Where {@link #redirectWithin} leads: the same API at another path of the same origin. */
    static final String MOVED = "/moved";

    private FaultyPages() {}

    // 9. _count is a hint, total is unreliable

    /** No page has more matches than this, whatever {@code _count} asks for: Cerner 200, Epic 100 (sources.md 9). */
    public static Fault countCap(int most) {
        return FaultKinds.shaped(shape -> shape.countCap = most);
    }

    /** Pages have so many matches, whatever {@code _count} asks for (sources.md 9). */
    public static Fault pageSize(int matches) {
        return FaultKinds.shaped(shape -> shape.count = matches);
    }

    /** All matches come on one page, whatever {@code _count} asks for (sources.md 9). */
    public static Fault wholeType() {
        return pageSize(Integer.MAX_VALUE);
    }

    /** Every page says that this is the total (sources.md 9). */
    public static Fault total(int wrong) {
        return FaultKinds.shaped(shape -> shape.total = total -> Optional.of(wrong));
    }

    /** No page says a total (sources.md 9). */
    public static Fault withoutTotal() {
        return FaultKinds.shaped(shape -> shape.total = total -> Optional.empty());
    }

    /** Behind the last page comes the first one again, each time under another URL, and so on without end (sources.md 9). */
    public static Fault endlessNext() {
        return FaultKinds.shaped(shape -> shape.endless = true);
    }

    // 10. next is used byte for byte

    /** Next links are written this way; where there is none, none comes (sources.md 10). */
    public static Fault nextLinks(UnaryOperator<String> change) {
        return FaultKinds.shaped(shape -> shape.next = here -> here.next().map(change));
    }

    /** Next links are a query alone: {@code ?_getpages=…} (sources.md 10). */
    public static Fault queryOnlyNext() {
        return nextLinks(url -> url.substring(url.indexOf('?')));
    }

    /** Next links lack all but the last segment of their path: {@code Observation?_getpages=…} (sources.md 10). */
    public static Fault segmentOnlyNext() {
        return nextLinks(url -> url.replaceFirst("^[^?]*/", ""));
    }

    /** Next links without a scheme: {@code //host:port/…} (sources.md 10). */
    public static Fault schemelessNext() {
        return nextLinks(url -> url.substring(url.indexOf("//")));
    }

    /** Next links with the scheme in capitals, which is the same origin (sources.md 10). */
    public static Fault capitalsNext() {
        return nextLinks(url -> url.replaceFirst("^http:", "HTTP:"));
    }

    /** Next links to this port of the same host: {@code host:443} (sources.md 10). */
    public static Fault nextAtPort(int port) {
        return nextLinks(url -> url.replaceFirst("^(http://[^/:]+)(:\\d+)?", "$1:" + port));
    }

    /**
     * Next links to a host that only the source's own network knows (sources.md 10).
     *
     * @param base of the API there, to be replaced by the configured one: {@code http://fhir-internal:9080/r4}
     */
    public static Fault internalHostNext(String base) {
        return nextLinks(url -> base + url.substring(url.lastIndexOf('/')));
    }

    /** Next links to the API's base instead of the type: {@code /fhir?_getpages=…} (sources.md 10). */
    public static Fault nextAtBase() {
        return nextLinks(url -> url.replaceFirst("/[^/?]+\\?", "?"));
    }

    /** Next links that end with these characters, and lead nowhere if they come back as others (sources.md 10). */
    public static Fault nextEndingWith(String characters) {
        return FaultKinds.shaped(shape -> shape.nextSuffix = characters);
    }

    /** A next link, on the last page too, that has no {@code url} (sources.md 10). */
    public static Fault nextWithoutUrl() {
        return FaultKinds.shaped(shape -> shape.nextWithoutUrl = true);
    }

    /** The n-th page leads back to the first one, so that every n pages make a loop (sources.md 10). */
    public static Fault loopingNext(int pages) {
        return FaultKinds.shaped(shape -> {
            shape.endless = true;
            shape.next = here -> Optional.of(here.url().apply(here.number() < pages ? here.number() + 1 : 1));
        });
    }

    /** Every page from the third on leads back to the second one (sources.md 10). */
    public static Fault nextToAnEarlierPage() {
        return FaultKinds.shaped(shape -> {
            shape.endless = true;
            shape.next = here ->
                    here.number() < 3 ? next(here) : Optional.of(here.url().apply(2));
        });
    }

    private static Optional<String> next(Here here) {
        return Optional.of(here.url().apply(here.number() + 1));
    }

    // 11. The Authorization header goes to the source's own origin only

    /** A redirect with this status, 301 to 308, to this URL (sources.md 11). */
    public static Fault redirect(int status, String url) {
        return FaultKinds.instead(SourceAnswer.bare(status).with("Location", url));
    }

    /** A redirect to the same path and query of another origin, such as a second simulator's (sources.md 11). */
    public static Fault redirectToOrigin(int status, URI other) {
        String origin = other.getScheme() + "://" + other.getRawAuthority();
        return FaultKinds.instead(
                request -> true, request -> SourceAnswer.bare(status).with("Location", origin + request.url()));
    }

    /** A redirect to another path of the same origin, where the answer is (sources.md 11). */
    public static Fault redirectWithin(int status) {
        return FaultKinds.instead(
                request -> !request.path().startsWith(MOVED + "/"),
                request -> SourceAnswer.bare(status).with("Location", MOVED + request.url()));
    }

    /** A redirect to the very URL that was asked for (sources.md 11). */
    public static Fault redirectToItself(int status) {
        return FaultKinds.instead(
                request -> true, request -> SourceAnswer.bare(status).with("Location", request.url()));
    }

    // 12. A paging session can expire

    /**
     * Next links lead to nothing behind this page of a search, and the search is forgotten: whoever asks for its pages
     * again gets a 410, and a search begun anew expires likewise unless {@link FaultHandle#times} says otherwise
     * (sources.md 12).
     */
    public static Fault pagingExpires(int behindPage, Expiry how) {
        return new Fault() {
            @Override
            boolean concerns(SourceRequest request) {
                return request.isNextPage() && request.page() > behindPage;
            }

            @Override
            Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
                api.paging().expire(request.rawQuery());
                return Optional.of(expired(how));
            }
        };
    }

    private static SourceAnswer expired(Expiry how) {
        String text = "The paging session has expired.";
        return switch (how) {
            case GONE_410 -> SourceAnswer.outcome(410, "expired", text);
            case NOT_FOUND_404 -> SourceAnswer.outcome(404, "not-found", text);
            case BAD_REQUEST_4113 -> SourceAnswer.json(400, SourceJson.coded("error", "4113", text));
            case OK_4113 -> SourceAnswer.json(200, SourceJson.coded("error", "4113", text));
        };
    }

    // 14. Results move while they are read

    /**
     * Between two pages so many resources come in front of the others, and the last of one page are the first of the
     * next; negative: go, and as many are skipped (sources.md 14).
     */
    public static Fault resultsMove(int by) {
        return FaultKinds.shaped(shape -> shape.moves = by);
    }

    /**
     * Each page is cut from what the source holds when it is asked for, newest first: what a test puts or removes
     * between two pages moves the others (sources.md 14).
     */
    public static Fault liveResults() {
        return FaultKinds.shaped(shape -> shape.live = true);
    }
}
