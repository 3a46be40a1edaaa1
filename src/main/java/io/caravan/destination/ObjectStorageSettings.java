package io.caravan.destination;

import io.caravan.support.BaseUrl;
import io.caravan.support.Checks;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A bucket and where in it objects go. Its texts may stand in an object's key: Camel evaluates keys, so nothing but
 * letters, digits and {@code . _ / -} may enter.
 *
 * @param cloudVendor {@code aws} or {@code s3_compatible}
 * @param endpoint null for AWS's own
 * @param prefix without leading and trailing slash; empty for the bucket's root
 * @param fileType {@code ndjson}: an object per file; {@code ndjson_zip}: files in archives
 * @param pathStyle whether the bucket stands in the path and not in the host's name
 * @param checksumMode {@code when_required}, for stores that refuse the checksums of newer clients, or
 *     {@code when_supported}
 * @param targetFileSize bytes that a file should have; null for the deployment's default
 */
public record ObjectStorageSettings(
        String cloudVendor,
        URI endpoint,
        String region,
        String bucket,
        String prefix,
        String fileType,
        Boolean pathStyle,
        String checksumMode,
        Long targetFileSize)
        implements DestinationSettings {

    private static final String AWS = "aws";
    private static final String S3_COMPATIBLE = "s3_compatible";
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9._-]{3,63}");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._/-]{1,100}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._/-]{0,500}");
    private static final Pattern DOTS = Pattern.compile("(^|.*/)\\.{1,2}(/.*|$)");
    private static final long SMALLEST_FILE = 1 << 20;
    private static final long LARGEST_FILE = 5L << 30;

    public ObjectStorageSettings {
        boolean compatible = S3_COMPATIBLE.equals(cloudVendor);
        prefix = prefix == null ? "" : prefix;
        region = region == null && compatible ? "us-east-1" : region;
        pathStyle = pathStyle == null ? Boolean.valueOf(compatible) : pathStyle;
        checksumMode = checksumMode == null ? (compatible ? "when_required" : "when_supported") : checksumMode;
        places(cloudVendor, endpoint, region, bucket, prefix)
                .text("settings.file_type", fileType, 20)
                .oneOf("settings.file_type", fileType, Set.of("ndjson", "ndjson_zip"))
                .oneOf("settings.checksum_mode", checksumMode, Set.of("when_required", "when_supported"))
                .that(
                        targetFileSize == null || targetFileSize >= SMALLEST_FILE && targetFileSize <= LARGEST_FILE,
                        "settings.target_file_size",
                        "must be between 1 MiB and 5 GiB, in bytes")
                .done();
        endpoint = endpoint == null ? null : BaseUrl.of(endpoint.toString());
    }

    private static Checks places(String cloudVendor, URI endpoint, String region, String bucket, String prefix) {
        return new Checks()
                .text("settings.cloud_vendor", cloudVendor, 20)
                .oneOf("settings.cloud_vendor", cloudVendor, Set.of(AWS, S3_COMPATIBLE))
                .that(
                        endpoint != null || !S3_COMPATIBLE.equals(cloudVendor),
                        "settings.endpoint",
                        "is required for s3_compatible")
                .baseUrl("settings.endpoint", endpoint == null ? null : endpoint.toString())
                .text("settings.region", region, 100)
                .matches("settings.region", region, REGION, "may contain letters, digits and . _ / - only")
                .text("settings.bucket", bucket, 63)
                .matches("settings.bucket", bucket, BUCKET, "must be 3 to 63 letters, digits and . _ -")
                .matches("settings.prefix", prefix, PREFIX, "may contain letters, digits and . _ / - only")
                .that(
                        !prefix.startsWith("/") && !prefix.endsWith("/") && !prefix.contains("//"),
                        "settings.prefix",
                        "must not start or end with a slash, nor have two in a row")
                .that(!DOTS.matcher(prefix).matches(), "settings.prefix", "must not have . or .. as a part");
    }

    @Override
    public String type() {
        return "object_storage";
    }

    @Override
    public String kind() {
        return "s3";
    }

    @Override
    public URI reached() {
        return endpoint != null ? endpoint : URI.create("https://s3." + region + ".amazonaws.com");
    }
}
