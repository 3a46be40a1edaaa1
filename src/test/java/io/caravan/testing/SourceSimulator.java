package io.caravan.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravan.testing.SourceAnswer.Delivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A FHIR R4 source over HTTP on 127.0.0.1. It serves the resources it was given byte for byte, keeps a ledger of what
 * it was asked, and fails where it is told to:
 *
 * <pre>{@code
 * try (SourceSimulator source = SourceSimulator.synthea()) {
 *     source.fail(request -> request.isSearch("Observation")).with(Fault.status(403));
 * }
 * }</pre>
 */
public final class SourceSimulator implements AutoCloseable {

    static {
        // The JDK's server sends headers and body apart: each answer would wait 40 ms for a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** More requests than these wait for a thread, also behind stalled ones. */
    private static final int THREADS = 32;

    private final SourceData data = new SourceData();
    private final SourceLedger ledger;
    private final List<FaultHandle> faults = new CopyOnWriteArrayList<>();
    private final Random random;
    private final SourceApi api;
    private final HttpServer server;
    private final ExecutorService threads;
    private final String basePath;

    private SourceSimulator(Builder builder) {
        basePath = builder.basePath;
        ledger = new SourceLedger(basePath);
        random = new Random(builder.seed);
        builder.folders.forEach(data::load);
        builder.resources.forEach(data::put);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), builder.port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no port for the source simulator", e);
        }
        api = new SourceApi(data, baseUrl().toString(), builder.software);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "source-simulator");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A running source with the 8 392 Synthea resources of 16 patients. */
    public static SourceSimulator synthea() {
        return builder().synthea().start();
    }

    /** A running source with these resources. */
    public static SourceSimulator of(String... resources) {
        Builder builder = builder();
        builder.resources.addAll(List.of(resources));
        return builder.start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + basePath);
    }

    /** Ids of the patients, in the order of the data. */
    public List<String> patients() {
        return data.ofType("Patient").stream().map(SourceResource::id).toList();
    }

    /** How many resources the source holds. */
    public int size() {
        return data.all().size();
    }

    /** How many resources of this type it holds. */
    public int size(String type) {
        return data.ofType(type).size();
    }

    /** How many resources name this patient; the Patient itself is not among them. */
    public int sizeOf(String patient) {
        return data.types().stream()
                .mapToInt(type -> data.ofPatient(type, patient).size())
                .sum();
    }

    /** Adds a resource, or replaces the one with its type and id. Searches already begun do not see it. */
    public void put(String json) {
        data.put(json);
    }

    /** Removes a resource; false if there was none. Searches already begun still return it. */
    public boolean remove(String type, String id) {
        return data.remove(type, id);
    }

    /** The resource as it is served. */
    public String json(String type, String id) {
        return data.get(type, id)
                .map(resource -> new String(resource.json(), StandardCharsets.UTF_8))
                .orElseThrow(() -> new IllegalArgumentException("no " + type + "/" + id));
    }

    /** From now on all but the CapabilityStatement asks for this bearer token, and answers 401 to others. */
    public void requireToken(String token) {
        api.requireToken(token);
    }

    /** From now on no token is asked for. */
    public void requireNoToken() {
        api.requireToken("");
    }

    /** Whether pages have white space between the tokens around their resources. */
    public void prettyPages(boolean pretty) {
        api.prettyPages(pretty);
    }

    /** Forgets all searches: next links given out so far answer 410. */
    public void expirePages() {
        api.expirePages();
    }

    /** The requests that shall fail; nothing fails before a fault is named with {@link Failing#with}. */
    public Failing fail(Predicate<SourceRequest> when) {
        return fault -> {
            FaultHandle handle = new FaultHandle(when, fault, random);
            faults.add(handle);
            return handle;
        };
    }

    /** Lets go of all requests that stalls hold, and of those to come. */
    public void release() {
        faults.forEach(FaultHandle::release);
    }

    /** Switches all faults off. */
    public void clearFaults() {
        faults.forEach(FaultHandle::clear);
        faults.clear();
    }

    /** Every request so far, in the order of arrival, those that still wait included. */
    public List<SourceRequest> requests() {
        return ledger.requests();
    }

    public List<SourceRequest> requests(Predicate<SourceRequest> which) {
        return requests().stream().filter(which).toList();
    }

    public int count(Predicate<SourceRequest> which) {
        return requests(which).size();
    }

    /** The most requests that were ever being answered at once. */
    public int mostAtOnce() {
        return ledger.mostAtOnce();
    }

    /** Empties the ledger. */
    public void forgetRequests() {
        ledger.clear();
    }

    /** Stops the server, the requests it holds included. */
    @Override
    public void close() {
        faults.forEach(handle -> handle.fault().release(true));
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            SourceLedger.Entry entry = ledger.arrived(exchange);
            SourceAnswer answer = answer(entry.request());
            ledger.answered(entry, answer.delivery() == Delivery.NONE ? 0 : answer.status());
            answer.sendTo(exchange);
        } finally {
            exchange.close();
        }
    }

    private SourceAnswer answer(SourceRequest request) {
        try {
            List<Fault> active = faults.stream()
                    .filter(handle -> handle.hits(request))
                    .map(FaultHandle::fault)
                    .toList();
            for (Fault fault : active) {
                fault.before();
            }
            SourceAnswer answer = api.answer(request, active);
            for (Fault fault : active) {
                answer = fault.after(answer);
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SourceAnswer.outcome(503, "exception", "closing").delivered(Delivery.NONE);
        } catch (RuntimeException e) {
            return SourceAnswer.outcome(500, "exception", "the simulator failed: " + e);
        }
    }

    /** Requests that shall fail, and do not yet. */
    @FunctionalInterface
    public interface Failing {

        /** Switches a fault on for them. Each stall should be a fault of its own: releasing it is for good. */
        FaultHandle with(Fault fault);
    }

    /** What a source is like, before it starts. */
    public static final class Builder {

        private final List<String> folders = new ArrayList<>();
        private final List<String> resources = new ArrayList<>();
        private String basePath = "/fhir";
        private String software = "Caravan Source Simulator";
        private int port;
        private long seed = 42;

        private Builder() {}

        /** The Synthea resources of the classpath folder {@code synthea/}. */
        public Builder synthea() {
            return folder("synthea");
        }

        /** All {@code .ndjson.gz} in this folder of the classpath. */
        public Builder folder(String folder) {
            folders.add(folder);
            return this;
        }

        public Builder resource(String json) {
            resources.add(json);
            return this;
        }

        /** Where the API is; starts with a slash and does not end with one. Default {@code /fhir}. */
        public Builder basePath(String path) {
            basePath = path;
            return this;
        }

        /** {@code software.name} of the CapabilityStatement, by which vendor profiles are told apart. */
        public Builder software(String name) {
            software = name;
            return this;
        }

        /** Default 0: any free port. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** Of {@link FaultHandle#chance}. */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        public SourceSimulator start() {
            return new SourceSimulator(this);
        }
    }
}
