package io.caravan.destination;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Time limits towards destinations: {@code caravan.destination.*}.
 *
 * @param callTimeout of one whole request, an upload included
 * @param testTimeout of each step of a test
 */
@ConfigurationProperties("caravan.destination")
record DestinationLimits(
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("5m") Duration callTimeout,
        @DefaultValue("10s") Duration testTimeout) {}
