package io.caravan.testing;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** How a source words its wish to be left alone (sources.md 17), and what it meant. Seconds are whole. */
final class SourceWaits {

    /** A number above this is a moment, below it a number of seconds. */
    private static final long A_MOMENT = 1_000_000_000;

    private SourceWaits() {}

    /** An HTTP date, whose second is not over: a wait is never shorter than asked for. */
    static String date(Instant moment) {
        Instant roundedUp = Instant.ofEpochSecond(moment.plusNanos(999_999_999).getEpochSecond());
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.ofInstant(roundedUp, ZoneOffset.UTC));
    }

    /** The wait that {@code Retry-After}, or else {@code X-RateLimit-Reset}, tells; empty where neither can be read. */
    static Optional<Duration> told(Map<String, String> headers, Instant now) {
        return Optional.ofNullable(headers.get("Retry-After"))
                .or(() -> Optional.ofNullable(headers.get("X-RateLimit-Reset")))
                .flatMap(value -> read(value, now));
    }

    private static Optional<Duration> read(String value, Instant now) {
        if (value.matches("\\d{1,18}")) {
            long number = Long.parseLong(value);
            return Optional.of(
                    number > A_MOMENT
                            ? Duration.between(now, Instant.ofEpochSecond(number))
                            : Duration.ofSeconds(number));
        }
        try {
            Instant moment = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value));
            return Optional.of(Duration.between(now, moment));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
