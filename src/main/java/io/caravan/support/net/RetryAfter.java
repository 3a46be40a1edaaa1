package io.caravan.support.net;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How long an answer asks to wait: its Retry-After (RFC 9110 § 10.2.3), seconds or a date, else its X-RateLimit-Reset,
 * seconds from now or since 1970. Moments are taken against the answer's own Date, so that clocks may differ.
 */
public final class RetryAfter {

    // Thirty years: what is larger is no wait but a moment.
    private static final long LONGEST_SECONDS = 1_000_000_000L;

    private RetryAfter() {}

    /**
     * Gateways put X-RateLimit-Reset on every answer: where its status does not tell to wait, it says when a budget is full
     * again, and not that there is nothing left of it.
     *
     * @param status of the answer
     * @param header the value of the first header of a name, null where there is none
     * @return null where the answer says nothing that can be understood
     */
    public static Duration of(int status, UnaryOperator<String> header, Clock clock) {
        Instant now = date(header.apply("Date")).orElseGet(clock::instant);
        Duration wait = parse(header.apply("Retry-After"), now);
        boolean tellsToWait = status == 429 || status == 503;
        return wait != null || !tellsToWait ? wait : parse(header.apply("X-RateLimit-Reset"), now);
    }

    private static Duration parse(String value, Instant now) {
        String text = value == null ? "" : value.trim();
        if (text.matches("\\d{1,10}")) {
            long seconds = Long.parseLong(text);
            return seconds < LONGEST_SECONDS ? Duration.ofSeconds(seconds) : until(Instant.ofEpochSecond(seconds), now);
        }
        return date(text).map(moment -> until(moment, now)).orElse(null);
    }

    private static Duration until(Instant moment, Instant now) {
        Duration wait = Duration.between(now, moment);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Optional<Instant> date(String text) {
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
