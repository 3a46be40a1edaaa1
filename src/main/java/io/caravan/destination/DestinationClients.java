package io.caravan.destination;

import io.caravan.support.net.GuardedDnsResolver4;
import io.caravan.support.net.NetworkGuard;
import jakarta.annotation.PreDestroy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The client of each destination, built from its unsealed credentials and bound in Camel's registry under a name that
 * routes refer to ({@code s3-<destination id>-<revision>-<settings>}): no credential ever stands in an endpoint's URI.
 */
@Component
public class DestinationClients {

    private record Bound(int revision, ObjectStorageSettings settings, String name, S3Client client) {}

    private final Destinations destinations;
    private final DestinationLimits limits;
    private final NetworkGuard guard;
    private final CamelContext camel;
    private final Map<String, Bound> byDestination = new ConcurrentHashMap<>();

    DestinationClients(Destinations destinations, DestinationLimits limits, NetworkGuard guard, CamelContext camel) {
        this.destinations = destinations;
        this.limits = limits;
        this.guard = guard;
        this.camel = camel;
    }

    /** The registry name of the destination's client at this revision and for these settings, which a run keeps from its
     * start; another one is closed. */
    public String bind(String orgId, String destinationId, int revision, ObjectStorageSettings settings) {
        Bound bound = byDestination.compute(destinationId, (id, now) -> {
            if (now != null && now.revision() == revision && now.settings().equals(settings)) {
                return now;
            }
            if (now != null) {
                close(now);
            }
            S3Client client = open(settings, destinations.credentials(orgId, destinationId), limits.callTimeout());
            String name = "s3-%s-%d-%08x".formatted(destinationId, revision, settings.hashCode());
            camel.getRegistry().bind(name, client);
            return new Bound(revision, settings, name, client);
        });
        return bound.name();
    }

    /** A client that nobody else has, for a test; the caller closes it. */
    S3Client open(ObjectStorageSettings settings, DestinationCredentials credentials, Duration callTimeout) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(StaticCredentialsProvider.create(keys(credentials)))
                .forcePathStyle(settings.pathStyle())
                .httpClientBuilder(ApacheHttpClient.builder()
                        .dnsResolver(new GuardedDnsResolver4(guard, reached(settings)))
                        // The guard must see the store itself: no proxy of the environment comes between.
                        .proxyConfiguration(ProxyConfiguration.builder()
                                .useSystemPropertyValues(false)
                                .useEnvironmentVariableValues(false)
                                .build())
                        .connectionTimeout(limits.connectTimeout())
                        .socketTimeout(callTimeout))
                .overrideConfiguration(c -> c.apiCallTimeout(callTimeout)
                        // One try: waiting is due_at on the item, where people can see it.
                        .retryStrategy(DefaultRetryStrategy.doNotRetry()));
        if (settings.checksumMode().equals("when_required")) {
            builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    static URI reached(ObjectStorageSettings settings) {
        return settings.endpoint() != null
                ? settings.endpoint()
                : URI.create("https://s3." + settings.region() + ".amazonaws.com");
    }

    private static AwsCredentials keys(DestinationCredentials credentials) {
        String secret = credentials.secret().reveal();
        return credentials.sessionToken() == null
                ? AwsBasicCredentials.create(credentials.accessKey(), secret)
                : AwsSessionCredentials.create(
                        credentials.accessKey(),
                        secret,
                        credentials.sessionToken().reveal());
    }

    private void close(Bound bound) {
        camel.getRegistry().unbind(bound.name());
        bound.client().close();
    }

    @PreDestroy
    void closeAll() {
        byDestination.values().forEach(this::close);
        byDestination.clear();
    }
}
