package io.caravan.deliver.fhir;

import io.caravan.destination.FhirSettings;

/**
 * How large the next bundle may be.
 *
 * @param entries at most, from 1
 * @param bytes at most, unless one resource alone has more
 */
record BundleLimits(int entries, long bytes) {

    /** What the destination names, or the deployment, less what was learned; null where nothing was. */
    static BundleLimits of(FhirSettings server, BundleSettings defaults, Integer learnedEntries, Long learnedBytes) {
        int entries = server.bundleEntries() == null ? defaults.bundleEntries() : server.bundleEntries();
        long bytes = server.bundleBytes() == null ? defaults.bundleBytes().toBytes() : server.bundleBytes();
        return new BundleLimits(
                learnedEntries == null ? entries : Math.min(entries, learnedEntries),
                learnedBytes == null ? bytes : Math.min(bytes, learnedBytes));
    }
}
