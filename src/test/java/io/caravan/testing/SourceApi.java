package io.caravan.testing;

import io.caravan.testing.SourcePaging.Page;
import io.caravan.testing.SourceShape.Here;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a source answers: its CapabilityStatement, reads, and searches by patient. */
final class SourceApi {

    private final SourceData data;
    private final String baseUrl;
    private final String software;
    private final Optional<SourceTokenDoor> tokens;
    private final SourcePaging paging = new SourcePaging();
    private final SourceSearches searches;
    private volatile Predicate<Optional<String>> accepted = authorization -> true;
    private volatile boolean pretty;

    SourceApi(SourceData data, String baseUrl, String software, Optional<URI> tokenServer) {
        this.data = data;
        this.baseUrl = baseUrl;
        this.software = software;
        this.tokens = tokenServer.map(SourceTokenDoor::new);
        this.searches = new SourceSearches(data);
    }

    /** Which values of the Authorization header, or its absence, are not answered with 401. */
    void accept(Predicate<Optional<String>> authorizations) {
        accepted = authorizations;
    }

    void prettyPages(boolean prettyPages) {
        pretty = prettyPages;
    }

    Optional<SourceAttachment> attachment(String id) {
        return data.attachment(id);
    }

    SourcePaging paging() {
        return paging;
    }

    SourceAnswer answer(SourceRequest request, List<Fault> faults) {
        Optional<SourceAnswer> instead = faults.stream()
                .flatMap(fault -> fault.instead(request, this).stream())
                .findFirst();
        if (instead.isPresent()) {
            return instead.get();
        }
        if (request.isToken() && tokens.isPresent()) {
            return tokens.get().answer(request);
        }
        if (!request.method().equals("GET")) {
            return SourceAnswer.outcome(405, "not-supported", "this source is only read")
                    .with("Allow", "GET");
        }
        if (request.isMetadata()) {
            return capability(faults);
        }
        if (!accepted.test(request.authorization())) {
            return SourceAnswer.outcome(401, "login", "a valid bearer token is required")
                    .with("WWW-Authenticate", "Bearer");
        }
        if (!data.types().contains(request.type()) && !(request.type().isEmpty() && request.isNextPage())) {
            return SourceAnswer.outcome(404, "not-supported", "unknown resource type");
        }
        return request.isRead() ? read(request, shape(faults)) : search(request, shape(faults));
    }

    private SourceAnswer capability(List<Fault> faults) {
        SourceCapability capability = SourceCapability.of(data);
        capability.tokenEndpoint = tokens.map(
                door -> URI.create(baseUrl).resolve(SourceRequest.TOKEN_PATH).toString());
        faults.forEach(fault -> fault.capability(capability));
        return SourceAnswer.json(200, SourceJson.capability(software, baseUrl, capability));
    }

    private SourceShape shape(List<Fault> faults) {
        SourceShape shape = new SourceShape();
        shape.pretty = pretty;
        faults.forEach(fault -> fault.shape(shape));
        return shape;
    }

    private SourceAnswer read(SourceRequest request, SourceShape shape) {
        Optional<SourceAttachment> attachment = Optional.of(request.id())
                .filter(id -> request.type().equals("Binary"))
                .flatMap(data::attachment);
        if (attachment.isPresent()) {
            return attachment
                    .get()
                    .answer(shape.binary, request.header("Accept").orElse(""));
        }
        return data.get(request.type(), request.id())
                .map(resource -> SourceAnswer.json(200, resource.json()))
                .orElseGet(() -> SourceAnswer.outcome(404, "not-found", request.target() + " is not known"));
    }

    private SourceAnswer search(SourceRequest request, SourceShape shape) {
        if (request.isNextPage()) {
            return paging.next(request.type(), request.rawQuery())
                    .map(page -> page(request, page, shape))
                    .orElseGet(() -> SourceAnswer.outcome(410, "expired", "this page is not known, or no longer"));
        }
        Optional<String> patient = searches.patient(request);
        if (patient.isEmpty() || !data.hasPatients(request.type())) {
            return SourceAnswer.outcome(400, "required", request.type() + " is not searched without a patient");
        }
        return searches.count(request, shape)
                .map(count -> searches.begin(request, patient.get(), count, shape))
                .map(search -> page(request, paging.first(search), shape))
                .orElseGet(() -> SourceAnswer.outcome(400, "value", "_count must be a positive number"));
    }

    private SourceAnswer page(SourceRequest request, Page page, SourceShape shape) {
        String search = baseUrl + "/" + page.search().type() + "?";
        Here here = new Here(
                search + request.rawQuery(),
                page.next().map(search::concat),
                page.number(),
                number -> search + page.query().apply(number));
        Stream<SourceEntry> matches = page.resources().stream().map(match -> SourceEntry.match(baseUrl, match));
        Stream<SourceEntry> included = searches.provenance(page.search(), page.resources())
                .map(provenance -> SourceEntry.include(baseUrl, provenance));
        SourceBundle bundle = new SourceBundle(
                shape.total.apply(page.total()),
                here.self(),
                shape.next.of(here),
                shape.nextWithoutUrl,
                shape.entries.apply(Stream.concat(matches, included)),
                shape.pretty);
        return SourceAnswer.of(200, SourceAnswer.FHIR_JSON, SourceBody.of(bundle.pieces()));
    }
}
