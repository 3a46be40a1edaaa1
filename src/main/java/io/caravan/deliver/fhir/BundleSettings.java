package io.caravan.deliver.fhir;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How bundles are sent where a destination does not say so itself: {@code caravan.export.*}.
 *
 * @param bundleEntries resources of a bundle at most
 * @param bundleBytes what a bundle has at most, unless it is a single resource
 * @param retryFor how long a resource that is refused for now is sent again
 */
@ConfigurationProperties("caravan.export")
record BundleSettings(
        @DefaultValue("100") int bundleEntries,
        @DefaultValue("4MB") DataSize bundleBytes,
        @DefaultValue("10m") Duration retryFor) {}
