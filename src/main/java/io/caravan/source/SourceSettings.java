package io.caravan.source;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of every request to a source: {@code caravan.source.*}.
 *
 * @param pageLimit the largest answer that is read
 * @param pageInMemory what is longer lies in a file until it is stored
 * @param exchangeLimit how long one request may take from connecting to its last byte
 */
@ConfigurationProperties("caravan.source")
public record SourceSettings(
        @DefaultValue("64MB") DataSize pageLimit,
        @DefaultValue("1MB") DataSize pageInMemory,
        @DefaultValue("330s") Duration exchangeLimit) {}
