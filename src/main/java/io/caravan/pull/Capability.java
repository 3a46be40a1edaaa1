package io.caravan.pull;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.support.ResourceTypes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a CapabilityStatement says that a plan needs (R4 § CapabilityStatement); pure, and content with any document that
 * is nearly one.
 *
 * @param software {@code software.name}; like the next two empty where there is none
 * @param implementation {@code implementation.description} and {@code url}
 * @param types the types that can be searched, in the order of the statement
 */
record Capability(String software, String publisher, String implementation, Map<String, Offer> types) {

    /** How one type can be searched: its search parameters and those of all types, and what it includes in reverse. */
    record Offer(Set<String> parameters, Set<String> revIncludes) {

        /** The parameter that carries a patient's id. */
        Optional<String> patientParameter() {
            return Stream.of("patient", "subject").filter(parameters::contains).findFirst();
        }

        /** A source that lists some, but not this, does not offer it; most list none at all. */
        boolean mayRevInclude(String include) {
            return revIncludes.isEmpty() || revIncludes.contains(include) || revIncludes.contains("*");
        }
    }

    Capability {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    }

    static Capability of(JsonNode statement) {
        Map<String, Offer> types = new LinkedHashMap<>();
        elements(statement.path("rest"))
                .filter(rest -> rest.path("mode").asText("server").equals("server"))
                .forEach(rest -> elements(rest.path("resource"))
                        .filter(resource ->
                                ResourceTypes.isKnown(resource.path("type").asText()))
                        .filter(Capability::searchable)
                        .forEach(resource ->
                                types.putIfAbsent(resource.path("type").asText(), offer(rest, resource))));
        JsonNode implementation = statement.path("implementation");
        return new Capability(
                statement.path("software").path("name").asText(""),
                statement.path("publisher").asText(""),
                implementation.path("description").asText("") + " "
                        + implementation.path("url").asText(""),
                types);
    }

    private static Offer offer(JsonNode rest, JsonNode resource) {
        Set<String> parameters = Stream.concat(
                        elements(rest.path("searchParam")), elements(resource.path("searchParam")))
                .map(parameter -> parameter.path("name").asText())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> revIncludes = elements(resource.path("searchRevInclude"))
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
        return new Offer(parameters, revIncludes);
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
