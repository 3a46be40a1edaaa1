package io.caravan.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** What faults are made of. */
final class FaultKinds {

    private FaultKinds() {}

    static Fault instead(SourceAnswer answer) {
        return instead(request -> true, request -> answer);
    }

    /** Answers these requests, of those it is switched on for, in place of the truth. */
    static Fault instead(Predicate<SourceRequest> concerned, Function<SourceRequest, SourceAnswer> answer) {
        return new Fault() {
            @Override
            boolean concerns(SourceRequest request) {
                return concerned.test(request);
            }

            @Override
            Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
                return Optional.of(answer.apply(request));
            }
        };
    }

    /** Changes how searches are answered. */
    static Fault shaped(Consumer<SourceShape> change) {
        return said(capability -> {}, change);
    }

    /** Changes what the source says of itself. */
    static Fault said(Consumer<SourceCapability> change) {
        return said(change, shape -> {});
    }

    /** Changes what the source says of itself, and how searches are answered. */
    static Fault said(Consumer<SourceCapability> said, Consumer<SourceShape> done) {
        return new Fault() {
            @Override
            void capability(SourceCapability capability) {
                said.accept(capability);
            }

            @Override
            void shape(SourceShape shape) {
                done.accept(shape);
            }
        };
    }

    /** Changes any answer. */
    static Fault answered(BiFunction<SourceRequest, SourceAnswer, SourceAnswer> change) {
        return new Fault() {
            @Override
            SourceAnswer after(SourceRequest request, SourceAnswer answer) {
                return change.apply(request, answer);
            }
        };
    }

    /** Answers later. What can be released waits at most so long. */
    static Fault delayed(Function<SourceRequest, Duration> atMost, boolean releasable) {
        return new Delayed(atMost, releasable);
    }

    private static final class Delayed extends Fault {
        private final Function<SourceRequest, Duration> atMost;
        private final boolean releasable;
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger held = new AtomicInteger();

        Delayed(Function<SourceRequest, Duration> atMost, boolean releasable) {
            this.atMost = atMost;
            this.releasable = releasable;
        }

        @Override
        void before(SourceRequest request) throws InterruptedException {
            held.incrementAndGet();
            try {
                released.await(atMost.apply(request).toNanos(), TimeUnit.NANOSECONDS);
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
