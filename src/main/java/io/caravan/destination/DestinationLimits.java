package io.caravan.destination;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits towards destinations: {@code caravan.destination.*}.
 *
 * @param callTimeout of one whole request, an upload included
 * @param testTimeout of each request of a test
 * @param answerLimit the largest answer that is read of a FHIR server
 */
@ConfigurationProperties("caravan.destination")
record DestinationLimits(
        @DefaultValue("5m") Duration callTimeout,
        @DefaultValue("10s") Duration testTimeout,
        @DefaultValue("64MB") DataSize answerLimit) {}
