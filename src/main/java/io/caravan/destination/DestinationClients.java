package io.caravan.destination;

import jakarta.annotation.PreDestroy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The client of each destination, built from its unsealed credentials and bound in Camel's registry under a name that
 * routes refer to ({@code <kind>-<destination id>-<revision>-<settings>}): no credential ever stands in an endpoint's URI.
 */
@Component
public class DestinationClients {

    private record Bound(int revision, DestinationSettings settings, String name, Runnable close) {}

    private final Destinations destinations;
    private final DestinationLimits limits;
    private final S3Clients stores;
    private final FhirClients servers;
    private final CamelContext camel;
    private final Map<String, Bound> byDestination = new ConcurrentHashMap<>();

    DestinationClients(
            Destinations destinations,
            DestinationLimits limits,
            S3Clients stores,
            FhirClients servers,
            CamelContext camel) {
        this.destinations = destinations;
        this.limits = limits;
        this.stores = stores;
        this.servers = servers;
        this.camel = camel;
    }

    /** The registry name of the destination's client at this revision and for these settings, which a run keeps from its
     * start; another one is closed. */
    public String bind(String orgId, String destinationId, int revision, DestinationSettings settings) {
        Bound bound = byDestination.compute(destinationId, (id, now) -> {
            if (now != null && now.revision() == revision && now.settings().equals(settings)) {
                return now;
            }
            if (now != null) {
                close(now);
            }
            String name = "%s-%s-%d-%08x".formatted(settings.kind(), destinationId, revision, settings.hashCode());
            Runnable close = open(name, settings, destinations.credentials(orgId, destinationId));
            return new Bound(revision, settings, name, close);
        });
        return bound.name();
    }

    /** Opens a client and binds it; what comes back closes it. */
    private Runnable open(String name, DestinationSettings settings, DestinationCredentials credentials) {
        if (settings instanceof FhirSettings fhir) {
            camel.getRegistry().bind(name, servers.generic(fhir, (FhirCredentials) credentials));
            return () -> {}; // all FHIR servers are asked over the one guarded client
        }
        S3Client client =
                stores.open((ObjectStorageSettings) settings, (StorageCredentials) credentials, limits.callTimeout());
        camel.getRegistry().bind(name, client);
        return client::close;
    }

    private void close(Bound bound) {
        camel.getRegistry().unbind(bound.name());
        bound.close().run();
    }

    @PreDestroy
    void closeAll() {
        byDestination.values().forEach(this::close);
        byDestination.clear();
    }
}
