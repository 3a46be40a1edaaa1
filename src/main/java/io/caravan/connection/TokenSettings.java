package io.caravan.connection;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Access tokens of connections: {@code caravan.tokens.*}.
 *
 * @param refreshBefore a token with no more than this left is refreshed before it is used
 * @param firstWait before a token endpoint that failed is asked again; it doubles from there
 * @param longestWait between two tries, whatever the endpoint asks for
 * @param patience how long pulls wait for a token endpoint that fails, before they fail themselves
 */
@ConfigurationProperties("caravan.tokens")
public record TokenSettings(
        @DefaultValue("1m") Duration refreshBefore,
        @DefaultValue("5s") Duration firstWait,
        @DefaultValue("1h") Duration longestWait,
        @DefaultValue("24h") Duration patience) {

    /** How long to wait after the {@code tries}-th try in vain; {@code asked}, null where the endpoint did not, goes first. */
    Duration waitAfter(int tries, Duration asked) {
        Duration wait = asked == null ? firstWait.multipliedBy(1L << Math.min(tries - 1, 20)) : asked;
        return wait.compareTo(longestWait) > 0 ? longestWait : wait;
    }
}
