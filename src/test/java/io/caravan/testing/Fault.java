package io.caravan.testing;

import io.caravan.testing.SourceAnswer.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * What can go wrong with a source. Switched on by {@link SourceSimulator#fail}; several on one request act together,
 * and of several answers the first one switched on is given.
 */
public abstract sealed class Fault {

    /** Answers with this status and an OperationOutcome. */
    public static Fault status(int status) {
        return status(status, "the simulator was told to answer " + status);
    }

    /** Answers with this status and an OperationOutcome that says this. */
    public static Fault status(int status, String diagnostics) {
        return new Instead(SourceAnswer.outcome(status, status < 500 ? "processing" : "exception", diagnostics));
    }

    /** Any answer at all. */
    public static Fault answer(int status, String contentType, String body) {
        return new Instead(SourceAnswer.text(status, contentType, body));
    }

    /** A proxy's error page: HTML, and 200. */
    public static Fault html() {
        return answer(
                200, "text/html;charset=UTF-8", "<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>");
    }

    /** 429 with this Retry-After. */
    public static Fault retryAfter(int seconds) {
        return retryAfter(429, Integer.toString(seconds));
    }

    /** This status with this Retry-After as it is: seconds, an HTTP date, or nonsense. */
    public static Fault retryAfter(int status, String value) {
        return new Instead(
                SourceAnswer.outcome(status, "throttled", "too many requests").with("Retry-After", value));
    }

    /** 404 where the CapabilityStatement should be; to be used with {@link SourceRequest#isMetadata}. */
    public static Fault capabilityMissing() {
        return new Instead(SourceAnswer.outcome(404, "not-found", "no CapabilityStatement here"));
    }

    /** Ignores whose records were asked for. */
    public static Fault everybodysRecords() {
        return new Shaped(PageShape::withEverybody);
    }

    /** Every page, the last one too, has itself as its next page. */
    public static Fault loopingNext() {
        return new Shaped(shape -> shape.withNext((self, next) -> Optional.of(self)));
    }

    /** Every page, the last one too, has this as its next page. */
    public static Fault foreignNext(String url) {
        return new Shaped(shape -> shape.withNext((self, next) -> Optional.of(url)));
    }

    /** Next links without scheme and host. */
    public static Fault relativeNext() {
        return new Shaped(
                shape -> shape.withNext((self, next) -> next.map(url -> url.replaceFirst("^http://[^/]+", ""))));
    }

    /** Adds an OperationOutcome entry to a page; {@code code} is one of the source's own, such as Epic's 4119. */
    public static Fault outcomeEntry(String code, String text) {
        return new Shaped(shape -> shape.withOutcome(SourceJson.warning(code, text)));
    }

    /** Every resource of a page carries the tag SUBSETTED. */
    public static Fault subsetted() {
        return new Shaped(PageShape::withSubsetted);
    }

    /** Announces the whole body, sends half of it and closes the connection. */
    public static Fault truncatedBody() {
        return new Cut(Delivery.TRUNCATED);
    }

    /** Closes the connection without a byte. Some clients repeat such a GET on their own; the ledger shows it. */
    public static Fault resetConnection() {
        return new Cut(Delivery.NONE);
    }

    /** Answers this much later. */
    public static Fault latency(Duration delay) {
        return new Delayed(delay, false);
    }

    /** Holds each request until {@link FaultHandle#release} or {@link SourceSimulator#release}, then answers it. */
    public static Fault stall() {
        return new Delayed(Duration.ofDays(1), true);
    }

    /** Holds each request like {@link #stall()}, at most this long. */
    public static Fault stall(Duration atMost) {
        return new Delayed(atMost, true);
    }

    /** Called before a request is answered. */
    void before() throws InterruptedException {}

    /** What is answered in place of the truth. */
    Optional<SourceAnswer> instead() {
        return Optional.empty();
    }

    /** What becomes of a page. */
    PageShape shape(PageShape shape) {
        return shape;
    }

    /** What becomes of any answer. */
    SourceAnswer after(SourceAnswer answer) {
        return answer;
    }

    /** Lets go of what {@link #before} holds; of a mere latency only when the simulator is closing. */
    void release(boolean closing) {}

    int held() {
        return 0;
    }

    /** How a page is distorted. */
    record PageShape(boolean everybody, boolean subsetted, NextLink link, List<byte[]> outcomes) {

        /** What stands as the next link of the page at {@code self}. */
        interface NextLink {
            Optional<String> of(String self, Optional<String> next);
        }

        static final PageShape TRUE = new PageShape(false, false, (self, next) -> next, List.of());

        PageShape withEverybody() {
            return new PageShape(true, subsetted, link, outcomes);
        }

        PageShape withSubsetted() {
            return new PageShape(everybody, true, link, outcomes);
        }

        PageShape withNext(NextLink other) {
            return new PageShape(everybody, subsetted, other, outcomes);
        }

        PageShape withOutcome(byte[] outcome) {
            List<byte[]> more = new ArrayList<>(outcomes);
            more.add(outcome);
            return new PageShape(everybody, subsetted, link, List.copyOf(more));
        }
    }

    private static final class Instead extends Fault {
        private final SourceAnswer answer;

        Instead(SourceAnswer answer) {
            this.answer = answer;
        }

        @Override
        Optional<SourceAnswer> instead() {
            return Optional.of(answer);
        }
    }

    private static final class Shaped extends Fault {
        private final UnaryOperator<PageShape> change;

        Shaped(UnaryOperator<PageShape> change) {
            this.change = change;
        }

        @Override
        PageShape shape(PageShape shape) {
            return change.apply(shape);
        }
    }

    private static final class Cut extends Fault {
        private final Delivery delivery;

        Cut(Delivery delivery) {
            this.delivery = delivery;
        }

        @Override
        SourceAnswer after(SourceAnswer answer) {
            return answer.delivered(delivery);
        }
    }

    private static final class Delayed extends Fault {
        private final Duration atMost;
        private final boolean releasable;
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger held = new AtomicInteger();

        Delayed(Duration atMost, boolean releasable) {
            this.atMost = atMost;
            this.releasable = releasable;
        }

        @Override
        void before() throws InterruptedException {
            held.incrementAndGet();
            try {
                released.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                held.decrementAndGet();
            }
        }

        @Override
        void release(boolean closing) {
            if (releasable || closing) {
                released.countDown();
            }
        }

        @Override
        int held() {
            return held.get();
        }
    }
}
