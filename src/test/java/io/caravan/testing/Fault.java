package io.caravan.testing;

import io.caravan.testing.SourceAnswer.Delivery;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can go wrong with a source. Switched on by {@link SourceSimulator#fail}, or from the start by
 * {@link SourceBuilder#with}; several on one request act together, and of several answers the first one switched on is
 * given.
 *
 * <p>Here is what most tests need. How real sources behave otherwise is in classes by section of sources.md, each switch
 * with its line: {@link FaultyQueries} (1 to 8), {@link FaultyPages} (9 to 14), {@link FaultyAnswers} (15 to 17 and 19),
 * {@link FaultyBodies} (18), {@link FaultyAttachments} (25). Tokens (20 to 24) are issued, and refused, by an
 * {@link OAuthServer}; {@link SourceSimulator#acceptTokens} makes a source trust it.
 */
public abstract class Fault {

    Fault() {}

    /** Answers with this status and an OperationOutcome (sources.md 16). */
    public static Fault status(int status) {
        return status(status, "the simulator was told to answer " + status);
    }

    /** Answers with this status and an OperationOutcome that says this. */
    public static Fault status(int status, String diagnostics) {
        return FaultKinds.instead(SourceAnswer.outcome(status, status < 500 ? "processing" : "exception", diagnostics));
    }

    /** Any answer at all. */
    public static Fault answer(int status, String contentType, String body) {
        return FaultKinds.instead(SourceAnswer.text(status, contentType, body));
    }

    /** A proxy's error page: HTML, and 200 (sources.md 18). */
    public static Fault html() {
        return answer(
                200, "text/html;charset=UTF-8", "<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>");
    }

    /** 429 with this Retry-After (sources.md 17). */
    public static Fault retryAfter(int seconds) {
        return retryAfter(429, Integer.toString(seconds));
    }

    /** This status with this Retry-After as it is: seconds, an HTTP date, or nonsense (sources.md 17). */
    public static Fault retryAfter(int status, String value) {
        return FaultKinds.instead(
                SourceAnswer.outcome(status, "throttled", "too many requests").with("Retry-After", value));
    }

    /** 404 where the CapabilityStatement should be; to be used with {@link SourceRequest#isMetadata} (sources.md 1). */
    public static Fault capabilityMissing() {
        return FaultKinds.instead(SourceAnswer.outcome(404, "not-found", "no CapabilityStatement here"));
    }

    /** Ignores whose records were asked for (sources.md 3a). */
    public static Fault everybodysRecords() {
        return FaultKinds.shaped(shape -> shape.everybody = true);
    }

    /** Every page, the last one too, has itself as its next page (sources.md 10). */
    public static Fault loopingNext() {
        return FaultKinds.shaped(shape -> shape.next = here -> Optional.of(here.self()));
    }

    /** Every page, the last one too, has this as its next page (sources.md 10, 11). */
    public static Fault foreignNext(String url) {
        return FaultKinds.shaped(shape -> shape.next = here -> Optional.of(url));
    }

    /** Next links without scheme and host (sources.md 10). */
    public static Fault relativeNext() {
        return FaultyPages.nextLinks(url -> url.replaceFirst("^http://[^/]+", ""));
    }

    /** Adds an OperationOutcome entry to a page; {@code code} is one of the source's own, such as Epic's 4119 (sources.md 15). */
    public static Fault outcomeEntry(String code, String text) {
        SourceEntry outcome = SourceEntry.outcome(SourceJson.warning(code, text));
        return FaultKinds.shaped(shape -> shape.thenEntries(entries -> Stream.concat(entries, Stream.of(outcome))));
    }

    /** Every resource of a page carries the tag SUBSETTED (sources.md 18). */
    public static Fault subsetted() {
        return FaultKinds.shaped(
                shape -> shape.thenMatches(match -> match.with(SourceJson.subsetted(match.resource()))));
    }

    /** Announces the whole body, sends half of it and closes the connection (sources.md 18). */
    public static Fault truncatedBody() {
        return FaultKinds.answered((request, answer) -> answer.delivered(Delivery.TRUNCATED));
    }

    /** Closes the connection without a byte. Some clients repeat such a GET on their own; the ledger shows it. */
    public static Fault resetConnection() {
        return FaultKinds.answered((request, answer) -> answer.delivered(Delivery.NONE));
    }

    /** Answers this much later (sources.md 19). */
    public static Fault latency(Duration delay) {
        return FaultKinds.delayed(request -> delay, false);
    }

    /** Holds each request until {@link FaultHandle#release} or {@link SourceSimulator#release}, then answers it. */
    public static Fault stall() {
        return stall(Duration.ofDays(1));
    }

    /** Holds each request like {@link #stall()}, at most this long. */
    public static Fault stall(Duration atMost) {
        return FaultKinds.delayed(request -> atMost, true);
    }

    /** Whether this request, of those it is switched on for, fails by it. */
    boolean concerns(SourceRequest request) {
        return true;
    }

    /** Called before a request is answered. */
    void before(SourceRequest request) throws InterruptedException {}

    /** What is answered in place of the truth. */
    Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
        return Optional.empty();
    }

    /** What becomes of what the source says of itself. */
    void capability(SourceCapability capability) {}

    /** What becomes of a search. */
    void shape(SourceShape shape) {}

    /** What becomes of any answer. */
    SourceAnswer after(SourceRequest request, SourceAnswer answer) {
        return answer;
    }

    /** Lets go of what {@link #before} holds; of a mere latency only when the simulator is closing. */
    void release(boolean closing) {}

    int held() {
        return 0;
    }
}
