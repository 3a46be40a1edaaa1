package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "120, 120",
        "' 120 ', 120",
        "999999999, 999999999",
        "'Sun, 01 Mar 2026 12:00:30 GMT', 30",
        "'Sun, 1 Mar 2026 12:00:30 GMT', 30",
        "'Sun, 01 Mar 2026 11:00:00 GMT', 0",
        "'Sun, 01 Mar 2026 13:00:00 +0100', 0",
    })
    void retry_after_is_seconds_or_a_date(String value, long seconds) {
        assertThat(of("Retry-After", value)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "45, 45",
        "1772366445, 45",
        "1772366399, 0",
    })
    void x_rate_limit_reset_is_seconds_from_now_or_since_1970(String value, long seconds) {
        assertThat(of("X-RateLimit-Reset", value)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void what_retry_after_says_comes_first() {
        assertThat(of("Retry-After", "7", "X-RateLimit-Reset", "45")).isEqualTo(Duration.ofSeconds(7));
        assertThat(of("Retry-After", "soon", "X-RateLimit-Reset", "45")).isEqualTo(Duration.ofSeconds(45));
    }

    @Test
    void a_moment_is_taken_against_the_clock_of_the_answer_not_against_ours() {
        String anHourAhead = "Sun, 01 Mar 2026 13:00:00 GMT";

        assertThat(of("Retry-After", "Sun, 01 Mar 2026 13:00:30 GMT", "Date", anHourAhead))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(of("X-RateLimit-Reset", "1772370030", "Date", anHourAhead)).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "1.5",
                "soon",
                "99999999999999999999",
                "Mon, 01 Mar 2026 12:00:30 GMT",
                "2026-03-01T12:00:30Z",
                "10 s",
                "٣",
            })
    void what_is_neither_says_nothing(String value) {
        assertThat(of("Retry-After", value)).isNull();
        assertThat(of("X-RateLimit-Reset", value)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 504})
    void when_a_budget_is_full_again_is_no_wait_where_the_answer_is_another(int status) {
        assertThat(answered(status, "X-RateLimit-Reset", "45")).isNull();
        assertThat(answered(status, "X-RateLimit-Reset", "45", "Retry-After", "7"))
                .isEqualTo(Duration.ofSeconds(7));
    }

    private static Duration of(String... headers) {
        assertThat(answered(503, headers)).isEqualTo(answered(429, headers));
        return answered(429, headers);
    }

    private static Duration answered(int status, String... headers) {
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            byName.put(headers[i], headers[i + 1]);
        }
        return RetryAfter.of(status, byName::get, NOON);
    }
}
