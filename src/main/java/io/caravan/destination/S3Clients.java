package io.caravan.destination;

import io.caravan.destination.s3.S3Http;
import io.caravan.support.net.BoundedHttp;
import java.time.Duration;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of S3-compatible stores, all over the one guarded and bounded HTTP client, with one try. */
@Component
class S3Clients {

    private final BoundedHttp http;

    S3Clients(BoundedHttp http) {
        this.http = http;
    }

    /** A client that nobody else has; the caller closes it. */
    S3Client open(ObjectStorageSettings settings, StorageCredentials credentials, Duration exchange) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(StaticCredentialsProvider.create(keys(credentials)))
                .forcePathStyle(settings.pathStyle())
                // Signed bodies in chunks are AWS's own; Google's interoperability refuses them.
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(settings.vendor() != CloudVendor.GCS))
                .httpClient(new S3Http(http, exchange))
                // One try: waiting is due_at on the item, where people can see it.
                .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()));
        if (settings.checksumMode().equals("when_required")) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    private static AwsCredentials keys(StorageCredentials credentials) {
        String secret = credentials.secret().reveal();
        return credentials.sessionToken() == null
                ? AwsBasicCredentials.create(credentials.accessKey(), secret)
                : AwsSessionCredentials.create(
                        credentials.accessKey(),
                        secret,
                        credentials.sessionToken().reveal());
    }
}
