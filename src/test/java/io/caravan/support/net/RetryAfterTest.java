package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
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
    void retry_after_is_seconds_or_a_date(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOON)).isEqualTo(Duration.ofSeconds(seconds));
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
    void what_is_neither_says_nothing(String header) {
        assertThat(RetryAfter.parse(header, NOON)).isNull();
    }
}
