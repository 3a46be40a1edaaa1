package io.caravan.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;

/**
 * HAPI FHIR's own server on 127.0.0.1, over a map: it reads what it is sent with HAPI's models, as the big servers do, and
 * takes updates, deletions and bundles of every type. It can be told to refuse resources, to check references, to limit
 * bundles, to ask for tokens, and to fail. What this class's own methods do does not pass over HTTP.
 */
public final class HapiServer implements AutoCloseable {

    private static final String ROOT = "/fhir";
    private static final FhirContext CONTEXT = FhirContext.forR4();

    private final HapiStore store = new HapiStore(CONTEXT);
    private final HapiFront front = new HapiFront(ROOT);
    private final WebServer server;

    private HapiServer(int port) {
        RestfulServer fhir = new RestfulServer(CONTEXT);
        fhir.registerProviders(store.providers());
        TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(port);
        try {
            tomcat.setAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server = tomcat.getWebServer(context -> {
            context.addFilter("front", front).addMappingForUrlPatterns(null, false, ROOT + "/*");
            context.addServlet("fhir", fhir).addMapping(ROOT + "/*");
        });
        server.start();
    }

    /** Starts, empty, on any free port. */
    public static HapiServer start() {
        return new HapiServer(0);
    }

    /** Starts, empty, on this port. */
    public static HapiServer start(int port) {
        return new HapiServer(port);
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getPort(), ROOT));
    }

    // --- what it holds

    /** {@code Type/id} of every resource. */
    public Set<String> names() {
        return store.names();
    }

    /** Every resource as HAPI writes it, by {@code Type/id}. */
    public Map<String, String> resources() {
        return store.all();
    }

    /** How often this resource was written. */
    public int version(String name) {
        return store.version(name);
    }

    // --- what it takes

    /** These resources ({@code Type/id}) are refused like this, so many times. */
    public void refuse(Predicate<String> which, int status, String diagnostics, int times) {
        store.refuse(which, status, diagnostics, times);
    }

    /** These resources are refused like this, until {@link #refuseNothing}. */
    public void refuse(Predicate<String> which, int status, String diagnostics) {
        refuse(which, status, diagnostics, Integer.MAX_VALUE);
    }

    public void refuseNothing() {
        store.refuseNothing();
    }

    /** A bundle with more entries is refused with 400, in the words of a server that says so. */
    public void limitEntries(int most) {
        store.limitEntries(most);
    }

    /** Whether a resource is refused that refers to one which is not there, as HAPI's JPA server does. */
    public void checkReferences(boolean check) {
        store.checkReferences(check);
    }

    public void allowUpdateAsCreate(boolean allowed) {
        store.allowUpdateAsCreate(allowed);
    }

    public void allowDeletes(boolean allowed) {
        store.allowDeletes(allowed);
    }

    /** From now on every request needs a bearer token that this accepts; null: none is asked for. */
    public void requireToken(Predicate<String> accepted) {
        front.requireToken(accepted);
    }

    // --- what shall go wrong before it

    /** The next so many requests of this kind fail like this. */
    public void fail(Predicate<FhirRequest> when, FhirFault fault, int times) {
        front.fail(when, fault, times);
    }

    /** A bundle of more bytes is answered with 413, by what stands before the server. */
    public void limitBytes(int most) {
        fail(request -> request.body().length > most, FhirFault.status(413), Integer.MAX_VALUE);
    }

    public void clearFaults() {
        front.clearFaults();
    }

    /** How many requests have met a fault, those that are held included. */
    public int met() {
        return front.met();
    }

    /** Lets go of the requests that stall. */
    public void release() {
        front.release();
    }

    // --- what happened

    /**
     * From now on this is shown every write in the order in which it takes effect: {@code Type/id}, and what is there
     * then; null where it was deleted.
     */
    public void watch(BiConsumer<String, Resource> writes) {
        store.watch(writes);
    }

    /** From now on requests are remembered without their bodies: of many there would be too much. */
    public void forgetBodies() {
        front.forgetBodies();
    }

    /** Every request, in the order of arrival. */
    public List<FhirRequest> requests() {
        return front.requests();
    }

    /** Every bundle that was posted, in the order of arrival. */
    public List<FhirRequest> bundles() {
        return requests().stream().filter(FhirRequest::bundle).toList();
    }

    /** The most requests that were ever being answered at once. */
    public int mostAtOnce() {
        return front.mostAtOnce();
    }

    public void forgetRequests() {
        front.forget();
    }

    /** All that was sent, as text: for looking for what should not be in it. */
    public List<String> bodies() {
        return requests().stream()
                .map(request -> new String(request.body(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        front.release();
        server.stop();
    }
}
