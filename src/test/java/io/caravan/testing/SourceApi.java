package io.caravan.testing;

import io.caravan.testing.Fault.PageShape;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a source answers: its CapabilityStatement, reads, and searches by patient. */
final class SourceApi {

    private static final int DEFAULT_COUNT = 50;
    private static final int MAX_COUNT = 200;

    private final SourceData data;
    private final String baseUrl;
    private final String software;
    private final SourcePaging paging = new SourcePaging();
    private volatile String token = "";
    private volatile boolean pretty;

    SourceApi(SourceData data, String baseUrl, String software) {
        this.data = data;
        this.baseUrl = baseUrl;
        this.software = software;
    }

    /** Empty: none. */
    void requireToken(String required) {
        token = required;
    }

    void prettyPages(boolean prettyPages) {
        pretty = prettyPages;
    }

    void expirePages() {
        paging.expire();
    }

    SourceAnswer answer(SourceRequest request, List<Fault> faults) {
        Optional<SourceAnswer> instead =
                faults.stream().flatMap(fault -> fault.instead().stream()).findFirst();
        if (instead.isPresent()) {
            return instead.get();
        }
        if (!request.method().equals("GET")) {
            return SourceAnswer.outcome(405, "not-supported", "this source is only read")
                    .with("Allow", "GET");
        }
        if (request.isMetadata()) {
            return SourceAnswer.json(200, SourceJson.capability(software, baseUrl, data.types(), data::hasPatients));
        }
        if (!token.isEmpty() && !request.authorization().equals(Optional.of("Bearer " + token))) {
            return SourceAnswer.outcome(401, "login", "a valid bearer token is required")
                    .with("WWW-Authenticate", "Bearer");
        }
        if (!data.types().contains(request.type())) {
            return SourceAnswer.outcome(404, "not-supported", "unknown resource type");
        }
        return request.isRead() ? read(request) : search(request, shape(faults));
    }

    private static PageShape shape(List<Fault> faults) {
        PageShape shape = PageShape.TRUE;
        for (Fault fault : faults) {
            shape = fault.shape(shape);
        }
        return shape;
    }

    private SourceAnswer read(SourceRequest request) {
        return data.get(request.type(), request.id())
                .map(resource -> SourceAnswer.json(200, resource.json()))
                .orElseGet(() -> SourceAnswer.outcome(404, "not-found", request.target() + " is not known"));
    }

    private SourceAnswer search(SourceRequest request, PageShape shape) {
        if (request.isNextPage()) {
            return paging.next(request.type(), request.rawQuery())
                    .map(page -> page(request, page, shape))
                    .orElseGet(() -> SourceAnswer.outcome(410, "expired", "this page is not known, or no longer"));
        }
        Map<String, String> parameters = parameters(request.rawQuery());
        Optional<String> patient = Stream.of("patient", "subject")
                .map(parameters::get)
                .flatMap(Stream::ofNullable)
                .map(value -> value.replaceFirst("^Patient/", ""))
                .findFirst();
        if (patient.isEmpty() || !data.hasPatients(request.type())) {
            return SourceAnswer.outcome(400, "required", request.type() + " is not searched without a patient");
        }
        List<SourceResource> found =
                shape.everybody() ? data.ofType(request.type()) : data.ofPatient(request.type(), patient.get());
        return count(parameters)
                .map(count -> page(request, paging.first(request.type(), found, count), shape))
                .orElseGet(() -> SourceAnswer.outcome(400, "value", "_count must be a positive number"));
    }

    private SourceAnswer page(SourceRequest request, SourcePaging.Page page, PageShape shape) {
        String search = baseUrl + "/" + request.type() + "?";
        String self = search + request.rawQuery();
        List<SourceResource> matches = shape.subsetted()
                ? page.resources().stream().map(SourceApi::subsetted).toList()
                : page.resources();
        Optional<String> next = shape.link().of(self, page.next().map(search::concat));
        SourceBundle bundle = new SourceBundle(baseUrl, page.total(), self, next, matches, shape.outcomes(), pretty);
        return SourceAnswer.json(200, bundle.bytes());
    }

    private static SourceResource subsetted(SourceResource resource) {
        return new SourceResource(
                resource.type(), resource.id(), resource.patients(), SourceJson.subsetted(resource.json()));
    }

    private static Optional<Integer> count(Map<String, String> parameters) {
        String value = parameters.getOrDefault("_count", Integer.toString(DEFAULT_COUNT));
        return value.matches("[1-9]\\d{0,8}")
                ? Optional.of(Math.min(MAX_COUNT, Integer.parseInt(value)))
                : Optional.empty();
    }

    /** The first value of each. */
    private static Map<String, String> parameters(String rawQuery) {
        return Stream.of(rawQuery.split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> decode(pair[0]), pair -> decode(pair[1]), (first, more) -> first));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
