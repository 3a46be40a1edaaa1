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
 * @param sweep how often a node looks for clients that it can close
 * @param idleFor how long a client stays open that nobody uses
 * @param mostIdle so many of those stay open
 * @param answerLimit the largest answer that is read of a FHIR server
 */
@ConfigurationProperties("caravan.destination")
record DestinationLimits(
        @DefaultValue("5m") Duration callTimeout,
        @DefaultValue("10s") Duration testTimeout,
        @DefaultValue("5s") Duration sweep,
        @DefaultValue("10m") Duration idleFor,
        @DefaultValue("50") int mostIdle,
        @DefaultValue("64MB") DataSize answerLimit) {}
