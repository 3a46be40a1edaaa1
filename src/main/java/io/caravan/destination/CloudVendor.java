package io.caravan.destination;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who runs an object store: what its settings are where they say nothing. */
enum CloudVendor {
    AWS(null, null, false, "when_supported"),
    S3_COMPATIBLE(null, "us-east-1", true, "when_required"),
    /** With an HMAC key it is reached as S3 is, at the interoperability endpoint; as a service account by its own API. */
    GCS("https://storage.googleapis.com", "auto", true, "when_required"),
    /** Has neither regions nor S3's choices. */
    AZURE(null, null, null, null);

    private final String endpoint;
    private final String region;
    private final Boolean pathStyle;
    private final String checksumMode;

    CloudVendor(String endpoint, String region, Boolean pathStyle, String checksumMode) {
        this.endpoint = endpoint;
        this.region = region;
        this.pathStyle = pathStyle;
        this.checksumMode = checksumMode;
    }

    static Optional<CloudVendor> of(String word) {
        return Arrays.stream(values()).filter(v -> v.word().equals(word)).findFirst();
    }

    static Set<String> words() {
        return Arrays.stream(values()).map(CloudVendor::word).collect(Collectors.toSet());
    }

    /** As settings have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String endpoint() {
        return endpoint;
    }

    String region() {
        return region;
    }

    Boolean pathStyle() {
        return pathStyle;
    }

    String checksumMode() {
        return checksumMode;
    }
}
