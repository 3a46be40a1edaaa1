package io.caravan.destination;

import com.google.cloud.storage.Storage;
import io.caravan.destination.bound.Detachable;
import io.caravan.destination.gcs.GcsClients;
import io.caravan.destination.gcs.ServiceAccount;
import io.caravan.support.net.BoundedHttp;
import java.net.URI;
import java.time.Duration;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of object stores, each as the leaf route of its kind wants it. */
@Component
class StoreClients {

    // Azure and Google are asked over the one guarded client, which stays.
    private static final Runnable NOTHING_TO_CLOSE = () -> {};

    /** A client that nobody else has, and how it is closed. */
    record Opened(Object client, Runnable close) {}

    private final DestinationLimits limits;
    private final S3Clients s3;
    private final AzureClients azure;
    private final BoundedHttp http;

    StoreClients(DestinationLimits limits, S3Clients s3, AzureClients azure, BoundedHttp http) {
        this.limits = limits;
        this.s3 = s3;
        this.azure = azure;
        this.http = http;
    }

    /** For a leaf route, to be bound in Camel's registry. */
    Opened open(ObjectStorageSettings settings, StorageCredentials credentials) {
        return switch (settings.kind(credentials)) {
            case "azure" -> new Opened(azure.open(settings, credentials, limits.callTimeout()), NOTHING_TO_CLOSE);
            case "gcs" -> {
                Storage client = google(settings, credentials, limits.callTimeout());
                Detachable<Storage> detachable = new Detachable<>(Storage.class, client);
                yield new Opened(detachable.face(), detachable::detach);
            }
            default -> {
                S3Client client = s3.open(settings, credentials, limits.callTimeout());
                Detachable<S3Client> detachable = new Detachable<>(S3Client.class, client);
                yield new Opened(detachable.face(), () -> {
                    detachable.detach();
                    client.close();
                });
            }
        };
    }

    /** For a test: each of its requests ends soon. */
    ProbedStore forTest(ObjectStorageSettings settings, StorageCredentials credentials) {
        Duration limit = limits.testTimeout();
        String bucket = settings.bucket();
        return switch (settings.kind(credentials)) {
            case "azure" ->
                new AzureProbe(azure.open(settings, credentials, limit).getBlobContainerClient(bucket));
            case "gcs" -> new GcsProbe(google(settings, credentials, limit), bucket);
            default -> new S3Probe(s3.open(settings, credentials, limit), bucket);
        };
    }

    private Storage google(ObjectStorageSettings settings, StorageCredentials credentials, Duration exchange) {
        ServiceAccount account =
                ServiceAccount.of(credentials.serviceAccountJson().reveal());
        return GcsClients.open(http, settings.endpoint(), account, exchange);
    }

    /** Who is connected to. */
    URI endpoint(ObjectStorageSettings settings, StorageCredentials credentials) {
        return settings.vendor() == CloudVendor.AZURE
                ? AzureClients.endpoint(settings, credentials)
                : settings.reached();
    }
}
