package io.caravan.destination.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.support.oauth.GrantedToken;
import io.caravan.support.secret.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Who asks for a token, and when. */
class GrantedAuthorizationTest {

    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

    private final AtomicInteger asked = new AtomicInteger();
    private Instant now = START;

    @Test
    void a_token_is_used_until_shortly_before_it_ends() {
        GrantedAuthorization authorization = living(Duration.ofMinutes(10));

        assertThat(reveal(authorization)).isEqualTo("token-1");
        now = START.plusSeconds(569);
        assertThat(reveal(authorization)).isEqualTo("token-1");
        now = START.plusSeconds(570);
        assertThat(reveal(authorization)).isEqualTo("token-2");
    }

    @Test
    void a_short_life_has_a_short_margin() {
        GrantedAuthorization authorization = living(Duration.ofSeconds(5));

        assertThat(reveal(authorization)).isEqualTo("token-1");
        now = START.plusMillis(3_999);
        assertThat(reveal(authorization)).isEqualTo("token-1");
        now = START.plusSeconds(4);
        assertThat(reveal(authorization)).isEqualTo("token-2");
    }

    @Test
    void a_token_that_nobody_says_the_end_of_is_used_until_it_is_refused() {
        GrantedAuthorization authorization = living(null);
        String first = reveal(authorization);
        now = START.plus(Duration.ofDays(400));

        assertThat(reveal(authorization)).isEqualTo(first);
        assertThat(authorization.renew(Secret.of(first))).isTrue();
        assertThat(reveal(authorization)).isEqualTo("token-2");
    }

    @Test
    void a_refused_token_is_replaced_once_however_many_were_refused_with_it() {
        GrantedAuthorization authorization = living(Duration.ofMinutes(10));
        Secret first = authorization.token().orElseThrow();

        for (int i = 0; i < 8; i++) {
            authorization.renew(first);
            assertThat(reveal(authorization)).isEqualTo("token-2");
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    void one_asks_for_all_who_wait() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        GrantedAuthorization authorization = authorization(() -> {
            awaitUninterrupted(answering);
            return granted(Duration.ofMinutes(10));
        });

        Set<String> tokens = new HashSet<>();
        for (Future<String> one : together(16, () -> reveal(authorization), answering)) {
            tokens.add(one.get());
        }

        assertThat(tokens).containsExactly("token-1");
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_failure_is_the_next_ones_to_try_again() {
        GrantedAuthorization authorization = authorization(() -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("down");
            }
            return new GrantedToken(
                    Secret.of("token"), Optional.of(Duration.ofMinutes(1)), Optional.empty(), Optional.empty());
        });

        assertThatThrownBy(authorization::token).hasMessage("down");
        now = START.plusMillis(1);
        assertThat(reveal(authorization)).isEqualTo("token");
    }

    private <T> List<Future<T>> together(int callers, Callable<T> call, CountDownLatch answering) {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        List<Future<T>> calls = new ArrayList<>();
        CountDownLatch started = new CountDownLatch(callers);
        for (int i = 0; i < callers; i++) {
            calls.add(threads.submit(() -> {
                started.countDown();
                return call.call();
            }));
        }
        awaitUninterrupted(started);
        answering.countDown();
        threads.shutdown();
        return calls;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private GrantedAuthorization living(Duration life) {
        return authorization(() -> granted(life));
    }

    private GrantedToken granted(Duration life) {
        return new GrantedToken(
                Secret.of("token-" + asked.incrementAndGet()),
                Optional.ofNullable(life),
                Optional.empty(),
                Optional.empty());
    }

    private GrantedAuthorization authorization(Supplier<GrantedToken> endpoint) {
        return new GrantedAuthorization(endpoint, new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        });
    }

    private static String reveal(Authorization authorization) {
        return authorization.token().orElseThrow().reveal();
    }
}
