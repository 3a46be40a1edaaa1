package io.caravan.destination;

import com.azure.storage.blob.BlobServiceClient;
import java.net.URI;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of object stores, each as the leaf route of its kind wants it. */
@Component
class StoreClients {

    /** A client that nobody else has, and how it is closed. */
    record Opened(Object client, Runnable close) {}

    private final DestinationLimits limits;
    private final S3Clients s3;
    private final AzureClients azure;

    StoreClients(DestinationLimits limits, S3Clients s3, AzureClients azure) {
        this.limits = limits;
        this.s3 = s3;
        this.azure = azure;
    }

    /** For a leaf route, to be bound in Camel's registry. */
    Opened open(ObjectStorageSettings settings, StorageCredentials credentials) {
        if (settings.kind(credentials).equals("azure")) {
            BlobServiceClient client = azure.open(settings, credentials, limits.callTimeout());
            return new Opened(client, () -> {}); // all of Azure is asked over the one guarded client
        }
        S3Client client = s3.open(settings, credentials, limits.callTimeout());
        return new Opened(client, client::close);
    }

    /** For a test: each of its requests ends soon. */
    ProbedStore forTest(ObjectStorageSettings settings, StorageCredentials credentials) {
        if (settings.kind(credentials).equals("azure")) {
            return new AzureProbe(
                    azure.open(settings, credentials, limits.testTimeout()).getBlobContainerClient(settings.bucket()));
        }
        return new S3Probe(s3.open(settings, credentials, limits.testTimeout()), settings.bucket());
    }

    /** Who is connected to. */
    URI endpoint(ObjectStorageSettings settings, StorageCredentials credentials) {
        return settings.vendor() == CloudVendor.AZURE
                ? AzureClients.endpoint(settings, credentials)
                : settings.reached();
    }
}
