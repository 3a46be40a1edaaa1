package io.caravan.testing;

import java.util.Optional;

/**
 * Attachments of real sources (sources.md 25). Their content is put into a source with
 * {@link SourceSimulator#putBinary}. A scope of their own is {@link Fault#status} 403, a daily limit of their own
 * {@link FaultyAnswers#quota}, for requests that are {@code isRead("Binary")}.
 */
public final class FaultyAttachments {

    private FaultyAttachments() {}

    /** Binaries are answered as their bytes, whatever the Accept header asks for (sources.md 25). */
    public static Fault alwaysBytes() {
        return FaultKinds.shaped(shape -> shape.binary = SourceAttachment.Form.BYTES);
    }

    /** Binaries are answered as FHIR JSON, whatever the Accept header asks for (sources.md 25). */
    public static Fault alwaysJson() {
        return FaultKinds.shaped(shape -> shape.binary = SourceAttachment.Form.JSON);
    }

    /** 406 for a Binary unless the Accept header names FHIR JSON, its very type, or anything: Cerner (sources.md 8, 25). */
    public static Fault typeMustBeAccepted() {
        return new Fault() {
            @Override
            boolean concerns(SourceRequest request) {
                return request.isRead("Binary");
            }

            @Override
            Optional<SourceAnswer> instead(SourceRequest request, SourceApi api) {
                String accept = request.header("Accept").orElse("*/*");
                String type = api.attachment(request.id())
                        .map(SourceAttachment::contentType)
                        .orElse("*/*");
                return accept.contains("application/fhir+json") || accept.contains("*/*") || accept.contains(type)
                        ? Optional.empty()
                        : Optional.of(SourceAnswer.outcome(406, "not-supported", "accept " + type));
            }
        };
    }

    /** 406 for a Binary whose Accept header names FHIR or JSON: a generated CDA document is neither (sources.md 8, 25). */
    public static Fault neitherFhirNorJson() {
        return FaultKinds.instead(
                request -> request.isRead("Binary")
                        && request.header("Accept").orElse("").contains("json"),
                request -> SourceAnswer.outcome(406, "not-supported", "the document is neither FHIR nor JSON"));
    }
}
