package io.caravan.pull;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.run.ClaimedPull;
import io.caravan.support.ResourceTypes;
import io.caravan.support.UrlSegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Which queries a pull sends: {@code Patient/{id}}, every type that the CapabilityStatement offers with a
 * {@code patient} (else {@code subject}) parameter, then what those refer to; pure.
 */
final class QueryPlan {

    /** What is read by following references: no search by patient returns it. */
    static final Set<String> FOLLOWED = Set.of("Organization", "Practitioner", "Location", "Medication");

    // A source without a CapabilityStatement is asked for what US Core requires of every server (us-core 6.1 § 3.1).
    private static final List<String> BEST_EFFORT = List.of(
            "AllergyIntolerance",
            "CarePlan",
            "CareTeam",
            "Condition",
            "Coverage",
            "Device",
            "DiagnosticReport",
            "DocumentReference",
            "Encounter",
            "Goal",
            "Immunization",
            "MedicationDispense",
            "MedicationRequest",
            "Observation",
            "Procedure",
            "Provenance",
            "ServiceRequest");

    private QueryPlan() {}

    static List<PlannedTask> of(ClaimedPull pull, Map<String, String> parameters, int pageSize) {
        String patient = UrlSegment.encode(pull.patientId());
        List<PlannedTask> tasks = new ArrayList<>();
        tasks.add(new PlannedTask("read", 0, "Patient", "Patient/" + patient));
        parameters.forEach((type, parameter) -> tasks.add(new PlannedTask(
                "search", 1, type, "%s?%s=%s&_count=%d".formatted(type, parameter, patient, pageSize))));
        tasks.add(new PlannedTask("references", 2, "*", ""));
        return tasks;
    }

    /** The searchable types of a CapabilityStatement (R4 § CapabilityStatement.rest.resource), each with its parameter. */
    static Map<String, String> parameters(JsonNode capability) {
        Map<String, String> byType = new LinkedHashMap<>();
        elements(capability.path("rest"))
                .filter(rest -> rest.path("mode").asText("server").equals("server"))
                .flatMap(rest -> elements(rest.path("resource")))
                .filter(resource -> ResourceTypes.isKnown(resource.path("type").asText()))
                .filter(resource -> !resource.path("type").asText().equals("Patient"))
                .filter(QueryPlan::searchable)
                .forEach(resource -> parameter(resource)
                        .ifPresent(p -> byType.putIfAbsent(resource.path("type").asText(), p)));
        return byType;
    }

    static Map<String, String> bestEffort() {
        Map<String, String> byType = new LinkedHashMap<>();
        BEST_EFFORT.forEach(type -> byType.put(type, "patient"));
        return byType;
    }

    private static java.util.Optional<String> parameter(JsonNode resource) {
        List<String> names = elements(resource.path("searchParam"))
                .map(p -> p.path("name").asText())
                .toList();
        return Stream.of("patient", "subject").filter(names::contains).findFirst();
    }

    /** Some servers list no interactions at all; only one that lists some, but not this, does not offer it. */
    private static boolean searchable(JsonNode resource) {
        JsonNode interactions = resource.path("interaction");
        return interactions.isEmpty()
                || elements(interactions).anyMatch(i -> i.path("code").asText().equals("search-type"));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
