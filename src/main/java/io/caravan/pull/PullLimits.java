package io.caravan.pull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How far a pull goes: {@code caravan.pull.*}.
 *
 * @param referenceRounds how many references away from what searches show a resource is still read
 */
@ConfigurationProperties("caravan.pull")
record PullLimits(@DefaultValue("10") int referenceRounds) {}
