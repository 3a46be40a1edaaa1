package io.caravan.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.annotation.Delete;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;

/** What a {@link HapiServer} holds: resources by {@code Type/id}, updated and deleted one by one or in bundles. */
final class HapiStore {

    private record Refusal(Predicate<String> which, int status, String diagnostics, AtomicInteger left) {}

    /** Read and written one by one, and in the CapabilityStatement; bundles may hold any other type too. */
    private static final List<String> TYPES = List.of(
            "Basic", "Condition", "Encounter", "Location", "Observation", "Organization", "Patient", "Practitioner");

    private final FhirContext context;
    private final Map<String, Resource> resources = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> versions = new ConcurrentHashMap<>();
    private final List<Refusal> refusals = new java.util.concurrent.CopyOnWriteArrayList<>();
    private volatile BiConsumer<String, Resource> watcher = (name, resource) -> {};
    private volatile int mostEntries = Integer.MAX_VALUE;
    private volatile boolean references;
    private volatile boolean updateAsCreate = true;
    private volatile boolean deletes = true;

    HapiStore(FhirContext context) {
        this.context = context;
    }

    void watch(BiConsumer<String, Resource> writes) {
        watcher = writes;
    }

    void refuse(Predicate<String> which, int status, String diagnostics, int times) {
        refusals.add(new Refusal(which, status, diagnostics, new AtomicInteger(times)));
    }

    void refuseNothing() {
        refusals.clear();
    }

    void limitEntries(int most) {
        mostEntries = most;
    }

    void checkReferences(boolean check) {
        references = check;
    }

    void allowUpdateAsCreate(boolean allowed) {
        updateAsCreate = allowed;
    }

    void allowDeletes(boolean allowed) {
        deletes = allowed;
    }

    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        resources.forEach(
                (name, resource) -> all.put(name, context.newJsonParser().encodeResourceToString(resource)));
        return all;
    }

    Set<String> names() {
        return new java.util.TreeSet<>(resources.keySet());
    }

    int version(String name) {
        return versions.getOrDefault(name, new AtomicInteger()).get();
    }

    // --- one by one

    private synchronized boolean put(String name, Resource resource, Set<String> along) {
        refusals.stream()
                .filter(refusal ->
                        refusal.which().test(name) && refusal.left().getAndUpdate(n -> Math.max(0, n - 1)) > 0)
                .findFirst()
                .ifPresent(refusal -> {
                    throw failure(refusal.status(), refusal.diagnostics());
                });
        if (!updateAsCreate && !resources.containsKey(name)) {
            throw failure(405, "This server does not allow client-defined ids: " + name);
        }
        if (references) {
            requireReferences(name, resource, along);
        }
        versions.computeIfAbsent(name, n -> new AtomicInteger()).incrementAndGet();
        watcher.accept(name, resource);
        return resources.put(name, resource) == null;
    }

    private void requireReferences(String name, Resource resource, Set<String> along) {
        context.newTerser().getAllResourceReferences(resource).forEach(found -> {
            String target = found.getResourceReference().getReferenceElement().getValue();
            boolean local = target != null && target.matches("[A-Z][A-Za-z]+/[^/]+");
            if (local && !target.equals(name) && !resources.containsKey(target) && !along.contains(target)) {
                throw failure(
                        400,
                        "HAPI-1094: Resource %s not found, specified in path: %s"
                                .formatted(target, String.join(".", found.getName())));
            }
        });
    }

    private synchronized void remove(String name) {
        if (!deletes) {
            throw failure(405, "This server deletes nothing");
        }
        resources.remove(name);
        watcher.accept(name, null);
    }

    private static BaseServerResponseException failure(int status, String diagnostics) {
        OperationOutcome outcome = new OperationOutcome();
        outcome.addIssue()
                .setSeverity(IssueSeverity.ERROR)
                .setCode(IssueType.PROCESSING)
                .setDiagnostics(diagnostics);
        return new UnclassifiedServerFailureException(status, diagnostics, outcome);
    }

    // --- in bundles

    List<Object> providers() {
        List<Object> providers = new java.util.ArrayList<>();
        TYPES.forEach(type ->
                providers.add(new OfType(context.getResourceDefinition(type).getImplementingClass())));
        providers.add(new Bundles());
        return providers;
    }

    /** Bundles of either kind. */
    public final class Bundles {

        @Transaction
        public Bundle take(@TransactionParam Bundle bundle) {
            if (bundle.getEntry().size() > mostEntries) {
                throw new InvalidRequestException("Too many entries in bundle: %d, the limit is %d"
                        .formatted(bundle.getEntry().size(), mostEntries));
            }
            boolean whole = bundle.getType() == BundleType.TRANSACTION;
            Bundle answer = new Bundle();
            answer.setType(whole ? BundleType.TRANSACTIONRESPONSE : BundleType.BATCHRESPONSE);
            synchronized (HapiStore.this) {
                Map<String, Resource> before = new LinkedHashMap<>(resources);
                Set<String> along = whole ? names(bundle) : Set.of();
                for (BundleEntryComponent entry : bundle.getEntry()) {
                    try {
                        carryOut(entry, answer.addEntry(), along);
                    } catch (BaseServerResponseException e) {
                        if (whole) {
                            resources.keySet().retainAll(before.keySet());
                            resources.putAll(before);
                            throw e;
                        }
                        answer.getEntry()
                                .get(answer.getEntry().size() - 1)
                                .getResponse()
                                .setStatus(Integer.toString(e.getStatusCode()))
                                .setOutcome((Resource) e.getOperationOutcome());
                    }
                }
            }
            return answer;
        }

        private Set<String> names(Bundle bundle) {
            return bundle.getEntry().stream()
                    .map(entry -> entry.getRequest().getUrl())
                    .collect(java.util.stream.Collectors.toSet());
        }

        private void carryOut(BundleEntryComponent entry, BundleEntryComponent answer, Set<String> along) {
            String name = entry.getRequest().getUrl();
            if (entry.getRequest().getMethod() == Bundle.HTTPVerb.DELETE) {
                remove(name);
                answer.getResponse().setStatus("204 No Content");
                return;
            }
            boolean created = put(name, entry.getResource(), along);
            answer.getResponse()
                    .setStatus(created ? "201 Created" : "200 OK")
                    .setLocation("%s/_history/%d".formatted(name, version(name)));
        }
    }

    /** Resources of one type. */
    public final class OfType implements IResourceProvider {

        private final Class<? extends IBaseResource> type;

        OfType(Class<? extends IBaseResource> type) {
            this.type = type;
        }

        @Override
        public Class<? extends IBaseResource> getResourceType() {
            return type;
        }

        @Read
        public Resource read(@IdParam IdType id) {
            Resource found = resources.get(id.toUnqualifiedVersionless().getValue());
            if (found == null) {
                throw new ResourceNotFoundException(id);
            }
            return found;
        }

        @Update
        public MethodOutcome update(@IdParam IdType id, @ResourceParam Resource resource) {
            boolean created = put(id.toUnqualifiedVersionless().getValue(), resource, Set.of());
            return new MethodOutcome(id, created);
        }

        @Delete
        public MethodOutcome delete(@IdParam IdType id) {
            remove(id.toUnqualifiedVersionless().getValue());
            return new MethodOutcome();
        }
    }
}
