package io.caravan.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What real sources make of queries (sources.md, section "Query plan": lines 1 to 8). Those that change what a source
 * says of itself are to be on for the CapabilityStatement too: {@link SourceBuilder#with(Fault)} is the place.
 *
 * <p>Not here: patient ids that need encoding (2) and what comes only by following references (5) are a matter of the
 * data, {@link SourceOddities}; that a search with several categories returns a resource several times (4) is no fault.
 */
public final class FaultyQueries {

    private FaultyQueries() {}

    // 1. The CapabilityStatement may lie or be missing

    /** The CapabilityStatement does not name these types, which are served all the same (sources.md 1). */
    public static Fault capabilityWithout(String... types) {
        return FaultKinds.said(capability -> List.of(types).forEach(capability.types::remove));
    }

    /** The CapabilityStatement says that these types can be searched by patient, and they cannot (sources.md 1). */
    public static Fault capabilityWith(String... types) {
        return FaultKinds.said(capability -> List.of(types)
                .forEach(type -> capability.types.putIfAbsent(type, new ArrayList<>(List.of("patient")))));
    }

    /** The CapabilityStatement does not say what can be done with the types (sources.md 1). */
    public static Fault capabilityWithoutInteractions() {
        return FaultKinds.said(capability -> capability.interactions = false);
    }

    /** The CapabilityStatement names {@code subject} instead of {@code patient} (sources.md 1). */
    public static Fault capabilityNamesSubject() {
        return FaultKinds.said(
                capability -> capability.types.values().forEach(names -> names.replaceAll(FaultyQueries::subject)));
    }

    private static String subject(String name) {
        return name.equals("patient") ? "subject" : name;
    }

    /** The CapabilityStatement is that of another version of FHIR: {@code 3.0.2} (sources.md 1). */
    public static Fault fhirVersion(String version) {
        return FaultKinds.said(capability -> capability.fhirVersion = version);
    }

    // 3. Queries that need, or refuse, parameters

    /** 400 for searches of this type without this parameter: Epic's Observation and {@code category} (sources.md 3). */
    public static Fault needs(String type, String parameter) {
        return FaultKinds.instead(
                request -> isFirstPage(request, type)
                        && request.parameter(parameter).isEmpty(),
                request -> SourceAnswer.outcome(
                        400, "required", "Must have either " + parameter + " or code to search " + type));
    }

    /** This status, 403 at Epic, for searches with one of these categories (sources.md 3). */
    public static Fault refusesCategory(int status, String... categories) {
        Set<String> refused = Set.of(categories);
        return FaultKinds.instead(
                request -> request.isFirstPage()
                        && request.parameter("category")
                                .map(code -> code.replaceFirst(".*\\|", ""))
                                .filter(refused::contains)
                                .isPresent(),
                request -> SourceAnswer.outcome(status, "forbidden", "not authorised for this category"));
    }

    /** 400 for searches of this type with any other parameter: Cerner's Encounter (sources.md 3). */
    public static Fault allowsOnly(String type, String... parameters) {
        return unknownParameters(request -> isFirstPage(request, type), Set.of(parameters));
    }

    /** 400 for searches with parameters that the simulator ignores otherwise (sources.md 3). */
    public static Fault refusesUnknownParameters() {
        return unknownParameters(
                SourceRequest::isFirstPage, Set.of("patient", "subject", "category", "intent", "_count", "_format"));
    }

    private static Fault unknownParameters(Predicate<SourceRequest> which, Set<String> known) {
        return FaultKinds.instead(
                request -> which.test(request)
                        && !known.containsAll(request.parameters().keySet()),
                request -> SourceAnswer.outcome(
                        400,
                        "not-supported",
                        "Unknown parameter among " + request.parameters().keySet()));
    }

    // 3a. An unknown patient parameter

    /**
     * The parameter {@code patient} is not known: 400 where strict handling was asked for, else it is ignored and
     * everybody's records are returned (sources.md 3a). {@link Fault#everybodysRecords} does so however it was asked.
     */
    public static Fault patientUnknown() {
        return new Fault() {
            @Override
            boolean concerns(SourceRequest request) {
                return request.isFirstPage() && request.parameter("patient").isPresent();
            }

            @Override
            Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
                return request.header("Prefer")
                        .filter(prefer -> prefer.contains("handling=strict"))
                        .map(strict -> SourceAnswer.outcome(400, "not-supported", "Unknown parameter patient"));
            }

            @Override
            void shape(SourceShape shape) {
                shape.everybody = true;
            }
        };
    }

    // 5. What comes only by following references

    /** Searches do not find the resources of this type with such ids; they can be read (sources.md 5). */
    public static Fault onlyByReference(String type, Predicate<String> ids) {
        return FaultKinds.shaped(
                shape -> shape.conditions.add(resource -> !(resource.type().equals(type) && ids.test(resource.id()))));
    }

    // 6. Provenance by _revinclude

    /** {@code _revinclude=Provenance:target} is declared and honoured (sources.md 6). */
    public static Fault revinclude() {
        return FaultKinds.said(
                capability -> capability.revincludes.addAll(capability.types.keySet()),
                shape -> shape.revinclude = true);
    }

    /** This status, 400 or 403, for searches with {@code _revinclude} (sources.md 6). */
    public static Fault revincludeRefused(int status) {
        return FaultKinds.instead(
                request -> request.parameter("_revinclude").isPresent(),
                request -> SourceAnswer.outcome(status, "not-supported", "_revinclude is not supported"));
    }

    // 7. _lastUpdated: ignored and not declared, unless one of these is on

    /** {@code _lastUpdated} is declared and honoured for these types; none named: for all (sources.md 7). */
    public static Fault lastUpdated(String... types) {
        Predicate<String> which = types.length == 0 ? type -> true : Set.of(types)::contains;
        return FaultKinds.said(
                capability -> capability.searchedWith("_lastUpdated", which), shape -> shape.lastUpdated = which);
    }

    /** {@code _lastUpdated} is declared, and ignored (sources.md 7). */
    public static Fault lastUpdatedIgnored() {
        return FaultKinds.said(capability -> capability.searchedWith("_lastUpdated", type -> true));
    }

    /** 400 for searches with {@code _lastUpdated} (sources.md 7). */
    public static Fault lastUpdatedRefused() {
        return FaultKinds.instead(
                request -> request.parameter("_lastUpdated").isPresent(),
                request -> SourceAnswer.outcome(400, "not-supported", "_lastUpdated is not supported"));
    }

    // 8. Accept headers differ per vendor and request kind

    /** 406 unless the Accept header names one of these media types itself (sources.md 8). */
    public static Fault acceptsOnly(String... mediaTypes) {
        return FaultKinds.instead(
                request -> List.of(mediaTypes).stream()
                        .noneMatch(type -> request.header("Accept").orElse("").contains(type)),
                request -> SourceAnswer.outcome(406, "not-supported", "Accept one of " + List.of(mediaTypes)));
    }

    private static boolean isFirstPage(SourceRequest request, String type) {
        return request.isFirstPage() && request.isSearch(type);
    }
}
