package io.caravan.destination;

import ca.uhn.fhir.rest.client.api.IGenericClient;
import io.caravan.destination.DestinationRevisions.Current;
import io.caravan.destination.DestinationRevisions.Key;
import io.caravan.destination.bound.ClientUses;
import io.caravan.destination.bound.Detachable;
import io.caravan.destination.bound.NamedClients;
import io.caravan.destination.bound.OpenClient;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultRegistry;
import org.springframework.stereotype.Component;

/**
 * The client of each destination, built from its unsealed credentials and bound in Camel's registry under a name that
 * routes refer to ({@code <kind>-<number>-<destination id>-<revision>}, never used twice): no credential ever stands in an
 * endpoint's URI. Whichever node changed the credentials, the next request has the new ones; what was opened with the old ones is
 * closed with its endpoints when its last user leaves, and so is what nobody uses.
 */
@Component("destinationClients")
public class DestinationClients {

    /**
     * A client that routes can use.
     *
     * @param name in Camel's registry
     * @param leaf suffix of the leaf routes that it is for
     */
    public record Client(String name, String leaf) {}

    /**
     * What a request to a destination must know before it is sent.
     *
     * @param revision of the credentials of now
     * @param pause how long the destination still asks to be left alone; zero where it does not
     */
    public record Way(int revision, Duration pause) {}

    private final DestinationRevisions destinations;
    private final StoreClients stores;
    private final FhirClients servers;
    private final CamelContext camel;
    private final DestinationLimits limits;
    private final ClientUses<Key> uses;
    private final NamedClients named = new NamedClients();
    private final AtomicLong opened = new AtomicLong();

    DestinationClients(
            DestinationRevisions destinations,
            StoreClients stores,
            FhirClients servers,
            CamelContext camel,
            DestinationLimits limits) {
        this.destinations = destinations;
        this.stores = stores;
        this.servers = servers;
        this.camel = camel;
        this.limits = limits;
        this.uses = new ClientUses<>(Clock.systemUTC(), limits.mostIdle());
        camel.getRegistry(DefaultRegistry.class).addBeanRepository(named);
    }

    /**
     * The destination's client with the credentials of now and for these settings, which a run keeps from its start.
     *
     * @param user whose it is until {@link #release}
     */
    public Client bind(String user, String orgId, String destinationId, DestinationSettings settings) {
        return bind(
                user, orgId, destinationId, settings, way(orgId, destinationId).revision());
    }

    /** The same for who knows the revision. */
    public Client bind(String user, String orgId, String destinationId, DestinationSettings settings, int revision) {
        Key key = new Key(orgId, destinationId);
        OpenClient client = uses.use(user, key, revision, settings, () -> open(key, settings));
        return new Client(client.name(), client.leaf());
    }

    /** As it is now, whoever on whichever node changed it. */
    public Way way(String orgId, String destinationId) {
        return destinations.way(new Key(orgId, destinationId));
    }

    /** The user sends nothing more. */
    public void release(String user) {
        uses.leave(user);
    }

    /** Whether the credentials were changed since this user got its client: what was refused to it may be granted now. */
    public boolean outdated(String user, String orgId, String destinationId) {
        OptionalInt revision = uses.revision(user);
        return revision.isPresent()
                && revision.getAsInt() < way(orgId, destinationId).revision();
    }

    /** The destination was changed or deleted here: its client gets no new users. */
    public void retire(String orgId, String destinationId) {
        uses.retire(new Key(orgId, destinationId));
    }

    /** Closes the clients of destinations that were changed or deleted anywhere, and those that nobody uses any more. */
    public void sweep() {
        Set<Key> held = uses.destinations();
        if (!held.isEmpty()) {
            Map<Key, Integer> now = destinations.revisions(held);
            held.forEach(key -> uses.retireBefore(key, now.getOrDefault(key, Integer.MAX_VALUE)));
        }
        uses.closeIdle(limits.idleFor());
    }

    /** How many clients are open. */
    int open() {
        return uses.open();
    }

    private OpenClient open(Key key, DestinationSettings settings) {
        Current current = destinations.current(key);
        if (!Destinations.sameServer(current.settings().reached(), settings.reached())) {
            throw new CaravanException(
                    ErrorCode.DESTINATION_MOVED,
                    "The destination has another server since this run started, and its credentials are for that one.");
        }
        String leaf = settings.kind(current.credentials());
        String name = "%s-%d-%s-%d".formatted(leaf, opened.incrementAndGet(), key.id(), current.revision());
        Runnable close = connect(name, settings, current.credentials());
        return new OpenClient(current.revision(), settings, name, leaf, () -> {
            forget(name);
            close.run();
        });
    }

    /** Opens a client and binds it; what comes back closes it. */
    private Runnable connect(String name, DestinationSettings settings, DestinationCredentials credentials) {
        if (settings instanceof FhirSettings fhir) {
            IGenericClient server = servers.generic(fhir, (FhirCredentials) credentials);
            Detachable<IGenericClient> detachable = new Detachable<>(IGenericClient.class, server);
            named.bind(name, detachable.face());
            return detachable::detach; // all FHIR servers are asked over the one guarded client
        }
        if (settings instanceof FileSettings) {
            return () -> {}; // the file system needs no client
        }
        StoreClients.Opened store = stores.open((ObjectStorageSettings) settings, (StorageCredentials) credentials);
        named.bind(name, store.client());
        return store.close();
    }

    /** Nothing in Camel refers to the client any more. */
    private void forget(String name) {
        named.unbind(name);
        camel.getEndpoints().stream()
                .filter(endpoint -> endpoint.getEndpointUri().contains(name))
                .forEach(this::remove);
    }

    private void remove(Endpoint endpoint) {
        try {
            camel.removeEndpoint(endpoint);
        } catch (Exception e) {
            throw new IllegalStateException("An endpoint of a client that is closed does not stop", e);
        }
    }

    @PreDestroy
    void closeAll() {
        uses.closeAll();
    }
}
