package io.caravan.testing;

import io.caravan.testing.SourcePaging.Search;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds what a search by patient asks for. Parameters it does not know it ignores, as most servers do. */
final class SourceSearches {

    static final String REVINCLUDE = "Provenance:target";

    /** Parameters whose values are codes of the element of the same name. */
    private static final List<String> CODES = List.of("category", "intent");

    private final SourceData data;

    SourceSearches(SourceData data) {
        this.data = data;
    }

    /** Whose records are asked for. */
    Optional<String> patient(SourceRequest request) {
        return Stream.of("patient", "subject")
                .map(request::parameter)
                .flatMap(Optional::stream)
                .map(value -> value.replaceFirst("^Patient/", ""))
                .findFirst();
    }

    /** How many matches a page is to have; empty where that is no positive number. */
    Optional<Integer> count(SourceRequest request, SourceShape shape) {
        if (shape.count > 0) {
            return Optional.of(shape.count);
        }
        String value = request.parameter("_count").orElse(Integer.toString(SourceShape.DEFAULT_COUNT));
        return value.matches("[1-9]\\d{0,8}")
                ? Optional.of(Math.min(shape.countCap, Integer.parseInt(value)))
                : Optional.empty();
    }

    Search begin(SourceRequest request, String patient, int count, SourceShape shape) {
        String type = request.type();
        List<Predicate<SourceResource>> conditions = conditions(request, shape);
        Supplier<List<SourceResource>> now = () -> {
            List<SourceResource> held = shape.everybody ? data.ofType(type) : data.ofPatient(type, patient);
            List<SourceResource> found = conditions.isEmpty()
                    ? held
                    : SourceLists.where(
                            held, conditions.stream().reduce(Predicate::and).orElseThrow());
            return shape.live ? SourceLists.newestFirst(found) : found;
        };
        return new Search(type, request.rawQuery(), patient, shape.live ? now : fixed(now.get()), count, shape);
    }

    private static Supplier<List<SourceResource>> fixed(List<SourceResource> found) {
        return () -> found;
    }

    /** Resources that say where these matches come from, where that was asked for and is understood. */
    Stream<SourceResource> provenance(Search search, List<SourceResource> matches) {
        if (!search.shape().revinclude || !search.query().matches(".*_revinclude=Provenance(:|%3[Aa])target.*")) {
            return Stream.empty();
        }
        Set<String> keys = new HashSet<>();
        matches.forEach(match -> keys.add(match.key()));
        return data.ofPatient("Provenance", search.patient()).stream()
                .filter(provenance -> SourceFields.references(provenance.json(), "target").stream()
                        .anyMatch(keys::contains));
    }

    private static List<Predicate<SourceResource>> conditions(SourceRequest request, SourceShape shape) {
        Map<String, List<String>> parameters = request.parameters();
        List<Predicate<SourceResource>> conditions = new ArrayList<>(shape.conditions);
        for (String element : CODES) {
            parameters
                    .getOrDefault(element, List.of())
                    .forEach(codes -> conditions.add(hasOneOf(element, List.of(codes.split(",")))));
        }
        if (shape.lastUpdated.test(request.type())) {
            parameters
                    .getOrDefault("_lastUpdated", List.of())
                    .forEach(bound -> conditions.add(resource -> isWithin(resource.changed(), bound)));
        }
        return conditions;
    }

    /** What is not coded at all is of every category: small test data need not be coded. */
    private static Predicate<SourceResource> hasOneOf(String element, List<String> codes) {
        return resource -> {
            var own = SourceFields.codes(resource.json(), element);
            return own.isEmpty() || own.stream().anyMatch(codes::contains);
        };
    }

    /** {@code ge2025-01-01T00:00:00Z} and its like; a bound that is no date excludes nothing. */
    private static boolean isWithin(Instant changed, String bound) {
        String prefix = bound.replaceFirst("\\d.*", "");
        Optional<Instant> moment = moment(bound.substring(prefix.length()));
        return moment.map(at -> switch (prefix) {
                    case "ge" -> !changed.isBefore(at);
                    case "gt" -> changed.isAfter(at);
                    case "le" -> !changed.isAfter(at);
                    case "lt" -> changed.isBefore(at);
                    default -> changed.equals(at);
                })
                .orElse(true);
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(
                    text.contains("T")
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
