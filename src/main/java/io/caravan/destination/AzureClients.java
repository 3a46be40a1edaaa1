package io.caravan.destination;

import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.core.util.Configuration;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.caravan.destination.azure.AzureHttp;
import io.caravan.support.net.BoundedHttp;
import java.net.URI;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Clients of Azure Blob Storage, all over the one guarded and bounded HTTP client, with one try. */
@Component
class AzureClients {

    /** Waiting is due_at on the item, where people can see it; how long a try may take is the HTTP client's to say. */
    static final RequestRetryOptions ONE_TRY =
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null);

    private final BoundedHttp http;

    AzureClients(BoundedHttp http) {
        this.http = http;
    }

    /** Nothing of it needs to be closed. */
    BlobServiceClient open(ObjectStorageSettings settings, StorageCredentials credentials, Duration exchange) {
        BlobServiceClientBuilder builder = new BlobServiceClientBuilder()
                .endpoint(endpoint(settings, credentials).toString())
                .httpClient(new AzureHttp(http, exchange))
                .retryOptions(ONE_TRY)
                // Nothing of the environment: neither proxies nor a level at which requests are logged.
                .configuration(Configuration.NONE)
                .httpLogOptions(new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE));
        return credentials.sasToken() == null
                ? builder.credential(new StorageSharedKeyCredential(
                                credentials.accessKey(), credentials.secret().reveal()))
                        .buildClient()
                : builder.sasToken(credentials.sasToken().reveal()).buildClient();
    }

    /** The settings' own, or the account's in the public cloud. */
    static URI endpoint(ObjectStorageSettings settings, StorageCredentials credentials) {
        return settings.endpoint() != null
                ? settings.endpoint()
                : URI.create("https://" + credentials.accessKey() + ".blob.core.windows.net");
    }
}
