package io.caravan.destination.gcs;

import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.oauth2.ServiceAccountCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.caravan.support.net.BoundedHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/** Clients of Google Cloud Storage that sign in as a service account: over the guarded client, with one try. */
public final class GcsClients {

    private static final Set<String> SCOPES = Set.of("https://www.googleapis.com/auth/devstorage.read_write");
    // Waiting is due_at on the item, where people can see it.
    private static final RetrySettings ONE_TRY =
            RetrySettings.newBuilder().setMaxAttempts(1).build();

    private GcsClients() {}

    /** @param exchange how long each request may take, one for a token included */
    public static Storage open(BoundedHttp http, URI endpoint, ServiceAccount account, Duration exchange) {
        GcsTransport transport = new GcsTransport(http, exchange, endpoint, account.tokenUri());
        ServiceAccountCredentials credentials = ServiceAccountCredentials.newBuilder()
                .setClientEmail(account.clientEmail())
                .setPrivateKeyId(account.privateKeyId())
                .setPrivateKey(account.privateKey())
                .setProjectId(account.projectId())
                .setTokenServerUri(account.tokenUri())
                .setScopes(SCOPES)
                .setHttpTransportFactory(() -> transport)
                .setDefaultRetriesEnabled(false)
                .build();
        return SparingUploads.over(StorageOptions.http()
                .setHost(endpoint.toString())
                // Without one it asks the machine it runs on, around the guard.
                .setProjectId(account.projectId())
                .setCredentials(credentials)
                .setTransportOptions(HttpTransportOptions.newBuilder()
                        .setHttpTransportFactory(() -> transport)
                        .build())
                .setRetrySettings(ONE_TRY)
                .build()
                .getService());
    }
}
