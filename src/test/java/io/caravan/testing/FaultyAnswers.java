package io.caravan.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Answers of real sources (sources.md, section "Answers": lines 15 to 17, and 19; bodies are {@link FaultyBodies}). Mere
 * statuses are {@link Fault#status}, tokens that are not accepted {@link SourceSimulator#acceptTokens}; which of many
 * requests fail say {@link FaultHandle#chance} and {@link FaultHandle#every}.
 */
public final class FaultyAnswers {

    /** Epic's "no results". */
    public static final String NO_RESULTS = "4101";

    /** How a source says for how long it wants to be left alone. */
    public enum Wait {
        /** {@code Retry-After: 120}. */
        RETRY_AFTER_SECONDS,
        /** {@code Retry-After: Tue, 29 Oct 2024 16:56:32 GMT}. */
        RETRY_AFTER_DATE,
        /** {@code X-RateLimit-Reset: 1730220992}: a moment in seconds of the epoch. */
        RESET_AT,
        /** {@code X-RateLimit-Reset: 120}: seconds from now. */
        RESET_IN,
        NOTHING
    }

    private FaultyAnswers() {}

    // 15. OperationOutcome can be an entry in a 200, search.mode may be missing

    /** A page without matches, and an OperationOutcome with Epic's 4101 in it (sources.md 15). */
    public static Fault noResults() {
        SourceEntry outcome =
                SourceEntry.outcome(SourceJson.warning(NO_RESULTS, "Resource request returns no results."));
        return FaultKinds.shaped(shape -> {
            shape.total = total -> Optional.of(0);
            shape.next = here -> Optional.empty();
            shape.thenEntries(entries -> Stream.of(outcome));
        });
    }

    /** Adds an OperationOutcome as the first entry of a page, and no {@code search.mode} tells what it is (sources.md 15). */
    public static Fault outcomeEntryWithoutMode(String code, String text) {
        SourceEntry outcome =
                SourceEntry.outcome(SourceJson.warning(code, text)).withMode(Optional.empty());
        return FaultKinds.shaped(shape -> shape.thenEntries(entries -> Stream.concat(Stream.of(outcome), entries)));
    }

    /** No entry says by {@code search.mode} what it is (sources.md 15). */
    public static Fault withoutSearchMode() {
        return FaultKinds.shaped(
                shape -> shape.thenEntries(entries -> entries.map(entry -> entry.withMode(Optional.empty()))));
    }

    /** Adds an entry to a page, a match like the others, whatever it is (sources.md 15). */
    public static Fault entry(byte[] resource) {
        SourceEntry entry = new SourceEntry(Optional.empty(), resource, Optional.of("match"));
        return FaultKinds.shaped(shape -> shape.thenEntries(entries -> Stream.concat(entries, Stream.of(entry))));
    }

    // 16. Statuses

    /** 403 for all types but these: the scopes that were granted (sources.md 16, 22). */
    public static Fault scopes(String... types) {
        Set<String> granted = Set.of(types);
        return FaultKinds.instead(
                request -> (request.isSearch() || request.isRead()) && !granted.contains(request.type()),
                request -> SourceAnswer.outcome(403, "forbidden", "the scope of the token does not cover this type")
                        .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\""));
    }

    /** One of these statuses: which one is a matter of the URL and of how often it was asked for (sources.md 16). */
    public static Fault anyOf(int... statuses) {
        return FaultKinds.instead(request -> true, request -> {
            long drawn = SourceSeeds.mix(request.url().hashCode(), request.nth());
            int status = statuses[Math.floorMod(drawn, statuses.length)];
            return SourceAnswer.outcome(status, "transient", "the simulator was told to answer " + status);
        });
    }

    // 17. 429

    /** 429, and how long to wait in these words; values of hours exist (sources.md 17). */
    public static Fault throttled(Wait how, Duration wait) {
        return FaultKinds.instead(request -> true, request -> throttledAnswer(how, wait));
    }

    /**
     * 429 for every request above so many within any stretch of time as long as this, told until when: a hard quota, of a
     * minute or of a day. Requests that are refused do not count. Whether the client kept to it by itself says
     * {@link SourceTraffic#mostWithin} (sources.md 17).
     */
    public static Fault quota(int requests, Duration stretch, Wait how) {
        return new Quota(requests, stretch, how);
    }

    private static SourceAnswer throttledAnswer(Wait how, Duration wait) {
        SourceAnswer answer = SourceAnswer.outcome(429, "throttled", "too many requests");
        long seconds = wait.plusNanos(999_999_999).toSeconds();
        return switch (how) {
            case RETRY_AFTER_SECONDS -> answer.with("Retry-After", Long.toString(seconds));
            case RETRY_AFTER_DATE ->
                answer.with("Retry-After", SourceWaits.date(Instant.now().plus(wait)));
            case RESET_AT ->
                remaining(answer)
                        .with("X-RateLimit-Reset", Long.toString(Instant.now().getEpochSecond() + seconds + 1));
            case RESET_IN -> remaining(answer).with("X-RateLimit-Reset", Long.toString(seconds));
            case NOTHING -> answer;
        };
    }

    private static SourceAnswer remaining(SourceAnswer answer) {
        return answer.with("X-RateLimit-Remaining", "0");
    }

    private static final class Quota extends Fault {
        private final int requests;
        private final Duration stretch;
        private final Wait how;
        private final Deque<Long> admitted = new ArrayDeque<>();

        Quota(int requests, Duration stretch, Wait how) {
            this.requests = requests;
            this.stretch = stretch;
            this.how = how;
        }

        @Override
        synchronized boolean concerns(SourceRequest request) {
            while (!admitted.isEmpty() && request.nanos() - admitted.getFirst() >= stretch.toNanos()) {
                admitted.removeFirst();
            }
            if (admitted.size() >= requests) {
                return true;
            }
            admitted.addLast(request.nanos());
            return false;
        }

        @Override
        synchronized Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
            long oldest = Optional.ofNullable(admitted.peekFirst()).orElse(request.nanos());
            Duration free = stretch.minusNanos(Math.max(0, request.nanos() - oldest));
            return Optional.of(throttledAnswer(how, free));
        }
    }

    // 19. Slow

    /** Answers this much later, from one to the other: how much is a matter of the URL (sources.md 19). */
    public static Fault latency(Duration from, Duration to) {
        return FaultKinds.delayed(
                request -> from.plusNanos(
                        (long) (SourceSeeds.fraction(request.url().hashCode(), request.nth())
                                * to.minus(from).toNanos())),
                false);
    }

    /** Bodies come in pieces of so many bytes, with a pause behind each (sources.md 19). */
    public static Fault trickle(int bytes, Duration pause) {
        return new Trickle(bytes, pause);
    }

    private static final class Trickle extends Fault {
        private final int bytes;
        private final Duration pause;
        private final CountDownLatch released = new CountDownLatch(1);

        Trickle(int bytes, Duration pause) {
            this.bytes = bytes;
            this.pause = pause;
        }

        @Override
        SourceAnswer after(SourceRequest request, SourceAnswer answer) {
            byte[] whole = answer.body().bytes();
            return answer.with(SourceBody.of(whole.length, out -> write(whole, out)));
        }

        private void write(byte[] whole, OutputStream out) throws IOException {
            for (int from = 0; from < whole.length; from += bytes) {
                out.write(whole, from, Math.min(bytes, whole.length - from));
                out.flush();
                try {
                    released.await(pause.toNanos(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("closing");
                }
            }
        }

        @Override
        void release(boolean closing) {
            released.countDown();
        }
    }
}
