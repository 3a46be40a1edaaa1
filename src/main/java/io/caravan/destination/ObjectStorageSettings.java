package io.caravan.destination;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.caravan.support.BaseUrl;
import io.caravan.support.Checks;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A bucket and where in it objects go. Its texts may stand in an object's key: Camel evaluates keys, so nothing but
 * letters, digits and {@code . _ / -} may enter.
 *
 * @param cloudVendor {@code aws}, {@code s3_compatible}, {@code gcs} or {@code azure}
 * @param endpoint null for AWS's own, and for the account's own at Azure
 * @param region null at Azure
 * @param bucket at Azure the container
 * @param prefix without leading and trailing slash; empty for the bucket's root
 * @param fileType {@code ndjson}: an object per file; {@code ndjson_zip}: files in archives; {@code ndjson_gz}: an object
 *     per file, compressed
 * @param pathStyle whether the bucket stands in the path and not in the host's name; null at Azure
 * @param checksumMode {@code when_required}, for stores that refuse the checksums of newer clients, or
 *     {@code when_supported}; null at Azure
 * @param targetFileSize bytes that a file has at most before it is compressed, unless it is a single record; null for the
 *     deployment's default
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
        implements StoreSettings {

    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9._-]{3,63}");
    private static final Pattern CONTAINER = Pattern.compile("(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9._/-]{1,100}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._/-]{0,500}");
    private static final Pattern DOTS = Pattern.compile("(^|.*/)\\.{1,2}(/.*|$)");
    private static final long SMALLEST_FILE = 1 << 20;
    private static final long LARGEST_FILE = 5L << 30;
    // What one request may carry there, less a margin: 5000 MiB (Put Blob).
    private static final long LARGEST_BLOB = 4L << 30;

    public ObjectStorageSettings {
        CloudVendor vendor = CloudVendor.of(cloudVendor).orElse(CloudVendor.S3_COMPATIBLE); // else it is refused below
        prefix = prefix == null ? "" : prefix;
        endpoint = endpoint == null && vendor.endpoint() != null ? URI.create(vendor.endpoint()) : endpoint;
        region = region == null ? vendor.region() : region;
        pathStyle = pathStyle == null ? vendor.pathStyle() : pathStyle;
        checksumMode = checksumMode == null ? vendor.checksumMode() : checksumMode;
        Checks checks = places(cloudVendor, endpoint, bucket, prefix)
                .text("settings.file_type", fileType, 20)
                .oneOf("settings.file_type", fileType, FileType.words());
        if (vendor == CloudVendor.AZURE) {
            azureAlone(checks, region, bucket, pathStyle, checksumMode, targetFileSize);
        } else {
            s3Alone(checks, region, checksumMode, targetFileSize);
        }
        checks.done();
        endpoint = endpoint == null ? null : BaseUrl.of(endpoint.toString());
    }

    private static Checks places(String cloudVendor, URI endpoint, String bucket, String prefix) {
        return new Checks()
                .text("settings.cloud_vendor", cloudVendor, 20)
                .oneOf("settings.cloud_vendor", cloudVendor, CloudVendor.words())
                .that(
                        endpoint != null || !CloudVendor.S3_COMPATIBLE.word().equals(cloudVendor),
                        "settings.endpoint",
                        "is required for s3_compatible")
                .baseUrl("settings.endpoint", endpoint == null ? null : endpoint.toString())
                .text("settings.bucket", bucket, 63)
                .matches("settings.bucket", bucket, BUCKET, "must be 3 to 63 letters, digits and . _ -")
                .matches("settings.prefix", prefix, PREFIX, "may contain letters, digits and . _ / - only")
                .that(
                        !prefix.startsWith("/") && !prefix.endsWith("/") && !prefix.contains("//"),
                        "settings.prefix",
                        "must not start or end with a slash, nor have two in a row")
                .that(!DOTS.matcher(prefix).matches(), "settings.prefix", "must not have . or .. as a part");
    }

    private static void s3Alone(Checks checks, String region, String checksumMode, Long targetFileSize) {
        checks.text("settings.region", region, 100)
                .matches("settings.region", region, REGION, "may contain letters, digits and . _ / - only")
                .oneOf("settings.checksum_mode", checksumMode, Set.of("when_required", "when_supported"))
                .that(
                        fits(targetFileSize, LARGEST_FILE),
                        "settings.target_file_size",
                        "must be between 1 MiB and 5 GiB, in bytes");
    }

    private static void azureAlone(
            Checks checks,
            String region,
            String container,
            Boolean pathStyle,
            String checksumMode,
            Long targetFileSize) {
        checks.matches(
                        "settings.bucket",
                        container,
                        CONTAINER,
                        "must be a container's name: 3 to 63 lower-case letters, digits and single hyphens")
                .that(region == null, "settings.region", "is not used with azure")
                .that(pathStyle == null, "settings.path_style", "is not used with azure")
                .that(checksumMode == null, "settings.checksum_mode", "is not used with azure")
                .that(
                        fits(targetFileSize, LARGEST_BLOB),
                        "settings.target_file_size",
                        "must be between 1 MiB and 4 GiB, in bytes");
    }

    private static boolean fits(Long targetFileSize, long largest) {
        return targetFileSize == null || targetFileSize >= SMALLEST_FILE && targetFileSize <= largest;
    }

    @Override
    public String type() {
        return "object_storage";
    }

    @Override
    public String kind(DestinationCredentials credentials) {
        return switch (vendor()) {
            case AZURE -> "azure";
            case GCS -> ((StorageCredentials) credentials).serviceAccountJson() == null ? "s3" : "gcs";
            default -> "s3";
        };
    }

    @Override
    public URI reached() {
        if (endpoint != null) {
            return endpoint;
        }
        return vendor() == CloudVendor.AZURE
                ? URI.create("https://blob.core.windows.net") // the account, which is a credential, stands before it
                : URI.create("https://s3." + region + ".amazonaws.com");
    }

    @Override
    public FileType packing() {
        return FileType.of(fileType);
    }

    @JsonIgnore
    CloudVendor vendor() {
        return CloudVendor.of(cloudVendor).orElseThrow();
    }
}
