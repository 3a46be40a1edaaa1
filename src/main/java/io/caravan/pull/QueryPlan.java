package io.caravan.pull;

import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfile.Provenance;
import io.caravan.source.profile.SourceProfile.TypeQueries;
import io.caravan.support.UrlSegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which queries a pull sends: {@code Patient/{id}}, every type that can be searched by patient, as the profile says how,
 * then what those refer to (product.md § 2, points 2 and 9); pure.
 */
final class QueryPlan {

    /** What is read by following references: no search by patient returns it. */
    static final Set<String> FOLLOWED =
            Set.of("Organization", "Practitioner", "PractitionerRole", "Location", "Medication");

    private final SourceProfile profile;
    private final Optional<Capability> capability;
    private final String patient;
    private final Map<String, QueryCursor> cursors;
    private final int pageSize;

    /**
     * @param capability empty for a source without one: it is asked for the profile's usual types
     * @param cursors by key; none where everything is asked for
     * @param pageSize the most that is asked for in a page, whatever the profile says
     */
    QueryPlan(
            SourceProfile profile,
            Optional<Capability> capability,
            String patientId,
            Map<String, QueryCursor> cursors,
            int pageSize) {
        this.profile = profile;
        this.capability = capability.filter(c -> !offered(profile, c).isEmpty());
        this.patient = UrlSegment.encode(patientId);
        this.cursors = cursors;
        this.pageSize = pageSize;
    }

    /** Whether the profile's usual types are asked for, because the source offers nothing, or does not say what. */
    boolean bestEffort() {
        return capability.isEmpty();
    }

    List<PlannedTask> tasks() {
        List<PlannedTask> tasks = new ArrayList<>();
        tasks.add(PlannedTask.patient(patient));
        searchable().forEach((type, parameter) -> tasks.addAll(searches(type, parameter)));
        tasks.add(PlannedTask.references());
        if (tasks.stream().anyMatch(PlannedTask::fullWalk)) {
            tasks.add(PlannedTask.vanished());
        }
        return tasks;
    }

    /** The types to search, each with the parameter that carries the patient; those of the profile's order first. */
    private Map<String, String> searchable() {
        Map<String, String> offered = capability.map(c -> offered(profile, c)).orElseGet(() -> usual(profile));
        Map<String, String> ordered = new LinkedHashMap<>();
        profile.queries().order().stream()
                .filter(offered::containsKey)
                .forEach(type -> ordered.put(type, offered.get(type)));
        ordered.putAll(offered);
        return ordered;
    }

    private static Map<String, String> offered(SourceProfile profile, Capability capability) {
        Map<String, String> offered = new LinkedHashMap<>();
        capability
                .types()
                .forEach((type, offer) -> profile.queries()
                        .of(type)
                        .patientParameter()
                        .or(offer::patientParameter)
                        .ifPresent(parameter -> offered.put(type, parameter)));
        offered.keySet().removeAll(profile.queries().leaveOut());
        offered.remove("Patient");
        return offered;
    }

    private static Map<String, String> usual(SourceProfile profile) {
        Map<String, String> usual = new LinkedHashMap<>();
        profile.queries()
                .bestEffort()
                .forEach(type -> usual.put(
                        type, profile.queries().of(type).patientParameter().orElse("patient")));
        usual.keySet().removeAll(profile.queries().leaveOut());
        return usual;
    }

    private List<PlannedTask> searches(String type, String patientParameter) {
        TypeQueries queries = profile.queries().of(type);
        List<Map<String, String>> sets = queries.parameters().isEmpty() ? List.of(Map.of()) : queries.parameters();
        return sets.stream()
                .map(set -> {
                    String key = SearchQuery.key(type, set);
                    Optional<Instant> since = since(type, key);
                    SearchQuery query = SearchQuery.of(type, patientParameter, patient)
                            .with(set)
                            .count(Math.min(pageSize, queries.pageSize().orElse(profile.pageSize())))
                            .withProvenance(asksForProvenance(type))
                            .changedSince(since);
                    return PlannedTask.search(type, query.toString(), since.isEmpty(), key);
                })
                .toList();
    }

    private boolean asksForProvenance(String type) {
        return profile.provenance() == Provenance.REVINCLUDE
                && !type.equals("Provenance")
                && capability
                        .map(c -> c.types().get(type).mayRevInclude(SearchQuery.PROVENANCE))
                        .orElse(true);
    }

    /** From when the query asks for changes; empty where it walks everything. */
    private Optional<Instant> since(String type, String key) {
        SourceProfile.LastUpdated lastUpdated = profile.lastUpdated();
        boolean supported =
                switch (lastUpdated.supported()) {
                    case TRUE -> true;
                    case FALSE -> false;
                    case DECLARED ->
                        capability
                                .map(c -> c.types().get(type).parameters().contains("_lastUpdated"))
                                .orElse(false);
                };
        if (!supported || lastUpdated.except().contains(type)) {
            return Optional.empty();
        }
        return Optional.ofNullable(cursors.get(key))
                .filter(cursor -> cursor.sinceWalk().compareTo(lastUpdated.fullWalkEvery()) < 0)
                .map(cursor -> cursor.asksFrom().minus(lastUpdated.overlap()));
    }
}
