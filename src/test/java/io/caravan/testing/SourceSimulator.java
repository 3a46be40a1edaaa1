package io.caravan.testing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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

    private final SourceData data;
    private final Optional<SourceGenerated> generated;
    private final SourceLedger ledger;
    private final List<FaultHandle> faults = new CopyOnWriteArrayList<>();
    private final long seed;
    private final SourceServer server;
    private final SourceApi api;
    private final URI baseUrl;

    SourceSimulator(SourceBuilder builder, SourceData data) {
        this.data = data;
        generated = builder.generated;
        seed = builder.seed;
        ledger = new SourceLedger(builder.basePath, builder.requestsKept);
        builder.faults.forEach(given -> fail(given.when()).with(given.fault()));
        server = new SourceServer(builder.port, this::answer);
        baseUrl = URI.create("http://127.0.0.1:" + server.port() + builder.basePath);
        api = new SourceApi(data, baseUrl.toString(), builder.software, builder.tokenServer);
        server.start();
    }

    /** A running source with the 8 392 Synthea resources of 16 patients. */
    public static SourceSimulator synthea() {
        return builder().synthea().start();
    }

    /** A running source with these resources. */
    public static SourceSimulator of(String... resources) {
        SourceBuilder builder = builder();
        List.of(resources).forEach(builder::resource);
        return builder.start();
    }

    public static SourceBuilder builder() {
        return new SourceBuilder();
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        return baseUrl;
    }

    /** Where tokens are issued, if the source was built with {@link SourceBuilder#tokensFrom}. */
    public URI tokenEndpoint() {
        return baseUrl.resolve(SourceRequest.TOKEN_PATH);
    }

    /** Ids of the patients, in the order of the data. */
    public List<String> patients() {
        return data.patients();
    }

    /** How many resources the source holds. */
    public int size() {
        return data.size();
    }

    /** How many resources of this type it holds. */
    public int size(String type) {
        return data.size(type);
    }

    /** How many resources name this patient; the Patient itself is not among them. */
    public int sizeOf(String patient) {
        return data.types().stream()
                .mapToInt(type -> data.ofPatient(type, patient).size())
                .sum();
    }

    /**
     * Adds a resource, or replaces the one with its type and id. Searches already begun do not see it. For
     * {@code _lastUpdated} it has changed now, whatever it says itself.
     */
    public void put(String json) {
        put(json, Instant.now());
    }

    /** The same, changed at this time: long ago, and a search by {@code _lastUpdated} misses it (sources.md 7). */
    public void put(String json, Instant changed) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        data.put(SourceResource.parse(bytes, changed).changedAt(changed));
    }

    /** Adds bytes as they are, whether a parser can read them or not, as a resource of this patient (sources.md 18). */
    public void put(String type, String id, String patient, byte[] json) {
        data.put(new SourceResource(type, id, Set.of(patient), Instant.now(), json));
    }

    /** Adds a Binary, as an attachment's {@code url} names it: {@code Binary/<id>} (sources.md 25). */
    public void putBinary(String id, String contentType, byte[] content) {
        data.put(SourceAttachment.of(id, contentType, content));
    }

    /** The same with so many bytes, which are made while they are sent. */
    public void putBinary(String id, String contentType, long length) {
        data.put(SourceAttachment.filled(id, contentType, length, seed));
    }

    /** Its generated resources, to be looked at, changed and removed by number. */
    public SourceGenerated generated() {
        return generated.orElseThrow(() -> new IllegalStateException("nothing is generated here"));
    }

    /**
     * What a correct pull of these patients holds, made one by one: the Patients, what is theirs, and what that refers to
     * of {@link SourceTruth#FOLLOWED}, directly or not, each once. Binaries are not among it.
     */
    public Iterator<SourceResource> expected(Collection<String> patients) {
        return new SourceTruth(data, baseUrl.toString(), patients);
    }

    /** The same for all patients. */
    public Iterator<SourceResource> expected() {
        return expected(patients());
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
        acceptTokens(token::equals);
    }

    /** From now on all but the CapabilityStatement asks for such a bearer token, and answers 401 to others (sources.md 16). */
    public void acceptTokens(Predicate<String> tokens) {
        api.accept(authorization -> authorization
                .filter(value -> value.startsWith("Bearer "))
                .map(value -> value.substring("Bearer ".length()))
                .filter(tokens)
                .isPresent());
    }

    /** From now on each of these bearer tokens is accepted until its time, and no other (sources.md 16, 20). */
    public void expireTokens(Map<String, Instant> tokens) {
        acceptTokens(token -> tokens.getOrDefault(token, Instant.MIN).isAfter(Instant.now()));
    }

    /** From now on no token is asked for. */
    public void requireNoToken() {
        api.accept(authorization -> true);
    }

    /** Whether pages have white space between the tokens around their resources. */
    public void prettyPages(boolean pretty) {
        api.prettyPages(pretty);
    }

    /** Forgets all searches: next links given out so far answer 410 (sources.md 12). */
    public void expirePages() {
        api.paging().expire();
    }

    /** The requests that shall fail; nothing fails before a fault is named with {@link Failing#with}. */
    public Failing fail(Predicate<SourceRequest> when) {
        return fault -> {
            FaultHandle handle = new FaultHandle(when, fault, SourceSeeds.mix(seed, faults.size()));
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

    /** What the requests so far say about the client. */
    public SourceTraffic traffic() {
        return new SourceTraffic(requests());
    }

    /** How many requests ever arrived, those included that the ledger has forgotten. */
    public long arrivals() {
        return ledger.arrivals();
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
        server.close();
    }

    private SourceAnswer answer(SourceMessage message) {
        SourceLedger.Entry entry = ledger.arrived(message);
        SourceAnswer answer = answer(entry.request());
        ledger.answered(entry, answer);
        return answer;
    }

    private SourceAnswer answer(SourceRequest request) {
        try {
            List<Fault> active = faults.stream()
                    .filter(handle -> handle.hits(request))
                    .map(FaultHandle::fault)
                    .toList();
            for (Fault fault : active) {
                fault.before(request);
            }
            SourceAnswer answer = api.answer(request, active);
            for (Fault fault : active) {
                answer = fault.after(request, answer);
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SourceAnswer.outcome(503, "exception", "closing").delivered(SourceAnswer.Delivery.NONE);
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
}
