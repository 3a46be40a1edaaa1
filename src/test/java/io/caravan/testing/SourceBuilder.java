package io.caravan.testing;

import io.caravan.testing.generated.GeneratedResources.Plan;
import io.caravan.testing.generated.IdStyle;
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
    Optional<SourceGenerated> generated = Optional.empty();
    private final SourceMemory memory = new SourceMemory();
    private Optional<Plan> plan = Optional.empty();

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

    /**
     * Patients whose resources are made when they are asked for, and held by nobody, beside whatever else the source has.
     *
     * @param resourcesPerPatient from 13, the Patient and what patients share not among them
     * @param generatedBy the seed: the same seed, the same bytes
     */
    public SourceBuilder generated(int patients, int resourcesPerPatient, long generatedBy) {
        plan = Optional.of(new Plan(patients, resourcesPerPatient, generatedBy, IdStyle.PLAIN, 0, 0));
        return this;
    }

    /** Ids of generated resources look like this (sources.md 18). To be said after {@link #generated}. */
    public SourceBuilder ids(IdStyle style) {
        plan = plan.map(p -> new Plan(p.patients(), p.ofEachPatient(), p.seed(), style, p.large(), p.largeBytes()));
        return this;
    }

    /** So many of the generated DocumentReferences are as large as this. To be said after {@link #generated}. */
    public SourceBuilder large(int number, int bytes) {
        plan = plan.map(p -> new Plan(p.patients(), p.ofEachPatient(), p.seed(), p.ids(), number, bytes));
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
        generated = plan.map(SourceGenerated::new);
        return new SourceSimulator(
                this,
                generated
                        .<SourceData>map(made -> new SourceLayers(memory, made))
                        .orElse(memory));
    }
}
