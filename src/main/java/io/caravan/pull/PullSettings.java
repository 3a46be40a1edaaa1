package io.caravan.pull;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a pull asks: {@code caravan.pull.*}.
 *
 * @param perSource how many tasks of one source run at once, over all nodes
 * @param pageSize resources to ask for in a page; a hint that sources may ignore
 * @param referenceBatch how many referenced resources are read between two commits
 * @param attempts tries of one page before its task fails
 * @param firstWait before the second try; it grows from there
 * @param longestWait between two tries, whatever the source asks for
 */
@ConfigurationProperties("caravan.pull")
public record PullSettings(
        @DefaultValue("4") int perSource,
        @DefaultValue("200") int pageSize,
        @DefaultValue("50") int referenceBatch,
        @DefaultValue("8") int attempts,
        @DefaultValue("1s") Duration firstWait,
        @DefaultValue("1h") Duration longestWait) {}
