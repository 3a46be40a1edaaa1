package io.caravan.pull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How far a pull goes: {@code caravan.pull.*}.
 *
 * @param referenceRounds how many references away from what searches show a resource is still read
 * @param mostVanished so many records may vanish at once, whatever their share
 * @param mostVanishedPercent of what a connection sees, of a type or of all: more vanishing at once is not believed
 * @param mostAttachments so many Binaries are fetched in one pull; the rest is left for the next one
 */
@ConfigurationProperties("caravan.pull")
record PullLimits(
        @DefaultValue("10") int referenceRounds,
        @DefaultValue("20") int mostVanished,
        @DefaultValue("10") int mostVanishedPercent,
        @DefaultValue("10000") int mostAttachments) {}
