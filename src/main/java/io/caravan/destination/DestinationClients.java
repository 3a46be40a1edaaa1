package io.caravan.destination;

import jakarta.annotation.PreDestroy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;

/**
 * The client of each destination, built from its unsealed credentials and bound in Camel's registry under a name that
 * routes refer to ({@code <kind>-<destination id>-<revision>-<settings>}): no credential ever stands in an endpoint's URI.
 */
@Component
public class DestinationClients {

    /**
     * A client that routes can use.
     *
     * @param name in Camel's registry
     * @param leaf suffix of the leaf routes that it is for
     */
    public record Client(String name, String leaf) {}

    private record Bound(int revision, DestinationSettings settings, Client client, Runnable close) {}

    private final Destinations destinations;
    private final StoreClients stores;
    private final FhirClients servers;
    private final CamelContext camel;
    private final Map<String, Bound> byDestination = new ConcurrentHashMap<>();

    DestinationClients(Destinations destinations, StoreClients stores, FhirClients servers, CamelContext camel) {
        this.destinations = destinations;
        this.stores = stores;
        this.servers = servers;
        this.camel = camel;
    }

    /** The destination's client at this revision and for these settings, which a run keeps from its
     * start; another one is closed. */
    public Client bind(String orgId, String destinationId, int revision, DestinationSettings settings) {
        Bound bound = byDestination.compute(destinationId, (id, now) -> {
            if (now != null && now.revision() == revision && now.settings().equals(settings)) {
                return now;
            }
            if (now != null) {
                close(now);
            }
            DestinationCredentials credentials = destinations.credentials(orgId, destinationId);
            String leaf = settings.kind(credentials);
            String name = "%s-%s-%d-%08x".formatted(leaf, destinationId, revision, settings.hashCode());
            return new Bound(revision, settings, new Client(name, leaf), open(name, settings, credentials));
        });
        return bound.client();
    }

    /** Opens a client and binds it; what comes back closes it. */
    private Runnable open(String name, DestinationSettings settings, DestinationCredentials credentials) {
        if (settings instanceof FhirSettings fhir) {
            camel.getRegistry().bind(name, servers.generic(fhir, (FhirCredentials) credentials));
            return () -> {}; // all FHIR servers are asked over the one guarded client
        }
        if (settings instanceof FileSettings) {
            return () -> {}; // the file system needs no client
        }
        StoreClients.Opened opened = stores.open((ObjectStorageSettings) settings, (StorageCredentials) credentials);
        camel.getRegistry().bind(name, opened.client());
        return opened.close();
    }

    private void close(Bound bound) {
        camel.getRegistry().unbind(bound.client().name());
        bound.close().run();
    }

    @PreDestroy
    void closeAll() {
        byDestination.values().forEach(this::close);
        byDestination.clear();
    }
}
