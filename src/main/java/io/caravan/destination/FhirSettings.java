package io.caravan.destination;

import io.caravan.support.BaseUrl;
import io.caravan.support.Checks;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A FHIR R4 server, and how it wants to be written to.
 *
 * @param baseUrl its FHIR base, normalised
 * @param writeMode {@code batch}, where each resource is taken or refused by itself, or {@code transaction}
 * @param bundleEntries resources of a bundle at most; null for the deployment's default
 * @param bundleBytes bytes of a bundle at most, a single resource aside; null for the deployment's default
 * @param concurrency bundles on the wire at once; null for the deployment's default
 * @param headers sent with every request; they are shown, so they hold no secret
 */
public record FhirSettings(
        URI baseUrl,
        String writeMode,
        Integer bundleEntries,
        Long bundleBytes,
        Integer concurrency,
        Map<String, String> headers)
        implements DestinationSettings {

    private static final int MOST_ENTRIES = 10_000;
    private static final long FEWEST_BYTES = 16 << 10;
    private static final long MOST_BYTES = 256L << 20;
    private static final int MOST_AT_ONCE = 32;
    private static final int MOST_HEADERS = 20;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,99}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,998}[\\x21-\\x7e])?");
    /** What the request itself decides, and what has a place among the credentials. */
    private static final Set<String> RESERVED = Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    public FhirSettings {
        writeMode = writeMode == null ? "batch" : writeMode;
        headers = headers == null ? Map.of() : java.util.Collections.unmodifiableMap(new TreeMap<>(headers));
        Checks checks = new Checks()
                .text("settings.base_url", baseUrl == null ? null : baseUrl.toString(), 2000)
                .baseUrl("settings.base_url", baseUrl == null ? null : baseUrl.toString())
                .oneOf("settings.write_mode", writeMode, Set.of("batch", "transaction"))
                .that(
                        bundleEntries == null || bundleEntries >= 1 && bundleEntries <= MOST_ENTRIES,
                        "settings.bundle_entries",
                        "must be between 1 and " + MOST_ENTRIES)
                .that(
                        bundleBytes == null || bundleBytes >= FEWEST_BYTES && bundleBytes <= MOST_BYTES,
                        "settings.bundle_bytes",
                        "must be between 16 KiB and 256 MiB, in bytes")
                .that(
                        concurrency == null || concurrency >= 1 && concurrency <= MOST_AT_ONCE,
                        "settings.concurrency",
                        "must be between 1 and " + MOST_AT_ONCE)
                .that(headers.size() <= MOST_HEADERS, "settings.headers", "must be at most " + MOST_HEADERS);
        headers.forEach((name, value) -> checkHeader(checks, name, value));
        checks.done();
        baseUrl = BaseUrl.of(baseUrl.toString());
    }

    private static void checkHeader(Checks checks, String name, String value) {
        String field = "settings.headers";
        checks.that(HEADER_NAME.matcher(name).matches(), field, "must be named by letters, digits and - only")
                .that(
                        !RESERVED.contains(name.toLowerCase(Locale.ROOT)),
                        field,
                        "must not name what the request itself or the credentials decide")
                .that(
                        value != null && HEADER_VALUE.matcher(value).matches(),
                        field,
                        "must have values of 1 to 1000 printable ASCII characters");
    }

    public boolean transaction() {
        return writeMode.equals("transaction");
    }

    @Override
    public String type() {
        return "fhir";
    }

    @Override
    public String kind(DestinationCredentials credentials) {
        return "fhir";
    }

    @Override
    public URI reached() {
        return baseUrl;
    }
}
