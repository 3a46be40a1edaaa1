package io.caravan.testing;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What a source is like, before it starts. */
public final class SourceBuilder {

    /** A fault that is there from the start. */
    record Given(Predicate<SourceRequest> when, Fault fault) {}

    final List<Given> faults = new ArrayList<>();
    String basePath = "/fhir";
    String software = "Caravan Source Simulator";
    int port;
    long seed = 42;
    int requestsKept = Integer.MAX_VALUE;
    Optional<URI> tokenServer = Optional.empty();
    private final SourceMemory memory = new SourceMemory();

    SourceBuilder() {}

    /** The Synthea resources of the classpath folder {@code synthea/}. */
    public SourceBuilder synthea() {
        return folder("synthea");
    }

    /** All {@code .ndjson.gz} in this folder of the classpath. */
    public SourceBuilder folder(String folder) {
        memory.loadFolder(folder);
        return this;
    }

    public SourceBuilder resource(String json) {
        memory.load(json);
        return this;
    }

    /** A fault that is there from the start, for all requests: how a vendor's source behaves. */
    public SourceBuilder with(Fault fault) {
        return with(request -> true, fault);
    }

    /** A fault that is there from the start. */
    public SourceBuilder with(Predicate<SourceRequest> when, Fault fault) {
        faults.add(new Given(when, fault));
        return this;
    }

    /** Where the API is; starts with a slash and does not end with one. Default {@code /fhir}. */
    public SourceBuilder basePath(String path) {
        basePath = path;
        return this;
    }

    /** {@code software.name} of the CapabilityStatement, by which vendor profiles are told apart. */
    public SourceBuilder software(String name) {
        software = name;
        return this;
    }

    /** Default 0: any free port. */
    public SourceBuilder port(int number) {
        port = number;
        return this;
    }

    /** Of {@link FaultHandle#chance}. */
    public SourceBuilder seed(long number) {
        seed = number;
        return this;
    }

    /** At most so many requests are remembered, the newest; default: all. */
    public SourceBuilder requestsKept(int number) {
        requestsKept = number;
        return this;
    }

    /**
     * The source has a token endpoint of its own, {@link SourceSimulator#tokenEndpoint}, behind which is this one of an
     * authorization server. What it is asked counts as any other request (sources.md 17).
     */
    public SourceBuilder tokensFrom(URI tokenEndpoint) {
        tokenServer = Optional.of(tokenEndpoint);
        return this;
    }

    public SourceSimulator start() {
        return new SourceSimulator(this, memory);
    }
}
