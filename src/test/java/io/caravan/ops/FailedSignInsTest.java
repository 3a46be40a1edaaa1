package io.caravan.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FailedSignInsTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final FailedSignIns failed = new FailedSignIns(new SignInSettings(2, Duration.ofMinutes(15)), new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void too_many_failures_count_for_a_while_and_for_one_name_at_one_address() {
        failed.add("a|1");
        assertThat(failed.tooMany("a|1")).isFalse();
        failed.add("a|1");
        assertThat(failed.tooMany("a|1")).isTrue();
        assertThat(failed.tooMany("a|2")).isFalse();

        now = now.plus(Duration.ofMinutes(16));
        assertThat(failed.tooMany("a|1")).isFalse();
        failed.add("a|1");
        assertThat(failed.tooMany("a|1")).isFalse();
    }

    @Test
    void a_success_forgets_the_failures() {
        failed.add("a|1");
        failed.forget("a|1");
        failed.add("a|1");

        assertThat(failed.tooMany("a|1")).isFalse();
    }
}
