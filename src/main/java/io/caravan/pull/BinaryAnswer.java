package io.caravan.pull;

import io.caravan.source.SourceClient;
import io.caravan.source.SourceException;
import io.caravan.store.BinaryJson;
import io.caravan.support.ErrorCode;
import io.caravan.support.payload.Payload;
import io.caravan.support.payload.Payloads;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import org.springframework.util.unit.DataSize;

/**
 * What a source sent for a Binary: FHIR JSON, or the bytes of the attachment (R4 § Binary, sources.md 25); pure.
 *
 * @param named as the record that names it describes it
 */
record BinaryAnswer(Attachment named, SourceClient.Answer answer) implements Closeable {

    private static final Set<String> FHIR_JSON = Set.of("application/fhir+json", "application/json+fhir");
    private static final Set<String> WEB_PAGE = Set.of("text/html", "application/xhtml+xml");

    /** Whether an answer of this type may be the Binary as FHIR JSON. */
    static boolean mayBeJson(String mediaType) {
        return FHIR_JSON.contains(mediaType) || mediaType.equals("application/json") || mediaType.equals("text/json");
    }

    /**
     * The Binary's FHIR JSON, as it was sent, or made of the bytes that were; to be closed by the caller.
     *
     * @param inMemory the most of what is made that is kept in memory
     * @throws SourceException {@code attachment_left_out} where the limits leave it out, {@code attachment_unreadable}
     *     where it is something else
     */
    Payload json(AttachmentLimits limits, Payloads payloads, DataSize inMemory) {
        Optional<BinaryJson> json = BinaryJson.of(answer.body());
        String resource = json.map(BinaryJson::resourceType).orElse("");
        if (resource.equals("Binary")) {
            json.flatMap(BinaryJson::contentType)
                    .map(AttachmentLimits::mediaType)
                    .flatMap(limits::against)
                    .ifPresent(BinaryAnswer::leaveOut);
            return answer.body();
        }
        refuseOtherThanContent(resource, json.isPresent());
        String type = contentType();
        limits.against(AttachmentLimits.mediaType(type)).ifPresent(BinaryAnswer::leaveOut);
        limits.against(Optional.empty(), Optional.of((long) answer.body().length()))
                .ifPresent(BinaryAnswer::leaveOut);
        try {
            return payloads.receive(
                    inMemory,
                    out -> BinaryJson.wrap(named.binaryId(), type, answer.body().open(), out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of what was sent. */
    @Override
    public void close() {
        answer.body().close();
    }

    static void leaveOut(String why) {
        throw leftOut(why);
    }

    static SourceException leftOut(String why) {
        return SourceException.permanent(ErrorCode.ATTACHMENT_LEFT_OUT, SourceException.Outcome.UNSUPPORTED, why);
    }

    static SourceException unreadable(String what) {
        return SourceException.permanent(
                ErrorCode.ATTACHMENT_UNREADABLE,
                SourceException.Outcome.FAILED,
                "The source answered with " + what + " in place of the attachment. Nothing of it was kept.");
    }

    private void refuseOtherThanContent(String resource, boolean isJson) {
        if (answer.body().length() == 0) {
            throw unreadable("nothing");
        }
        if (resource.equals("OperationOutcome")) {
            throw unreadable("an OperationOutcome");
        }
        if (!isJson && FHIR_JSON.contains(answered())) {
            throw unreadable("something that is not the FHIR JSON that it says it is");
        }
        boolean pageExpected = named.contentType()
                .map(AttachmentLimits::mediaType)
                .filter(WEB_PAGE::contains)
                .isPresent();
        if (WEB_PAGE.contains(answered()) && named.contentType().isPresent() && !pageExpected) {
            throw unreadable("a web page");
        }
    }

    /** As the source says it; as the record does, where the source says nothing. */
    private String contentType() {
        return answered().equals(AttachmentLimits.UNKNOWN_TYPE)
                ? named.contentType().orElse(AttachmentLimits.UNKNOWN_TYPE)
                : answer.contentType().orElseThrow().strip();
    }

    private String answered() {
        return answer.contentType().map(AttachmentLimits::mediaType).orElse(AttachmentLimits.UNKNOWN_TYPE);
    }
}
