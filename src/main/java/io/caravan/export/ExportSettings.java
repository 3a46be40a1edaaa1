package io.caravan.export;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a run is cut: {@code caravan.export.*}. Camel's routes and SQL read the other numbers of this group as placeholders.
 *
 * @param itemRecords resources that a file has at most
 * @param itemBytes what a file has at most, before it is compressed; a single larger resource is a file of its own
 * @param bundlesRecords resources that an item for a FHIR server has at most: what one node sends before others may go on
 * @param quiet how long a queued delta run waits for more pulls
 */
@ConfigurationProperties("caravan.export")
public record ExportSettings(
        @DefaultValue("50000") int itemRecords,
        @DefaultValue("64MB") DataSize itemBytes,
        @DefaultValue("5000") int bundlesRecords,
        @DefaultValue("10s") Duration quiet) {}
