package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.SourceSettings;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageCutter;
import io.caravan.support.ErrorCode;
import io.caravan.support.payload.Payload;
import io.caravan.support.payload.Payloads;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** The steps that fetch one attachment ({@code walk-attachment}, {@code fhir-consumer.camel.yaml}). */
@Component("attachments")
class AttachmentSteps {

    private final SourceCalls source;
    private final PullLedger ledger;
    private final SourceProfiles profiles;
    private final Payloads payloads;
    private final SourceSettings settings;

    AttachmentSteps(
            SourceCalls source,
            PullLedger ledger,
            SourceProfiles profiles,
            Payloads payloads,
            SourceSettings settings) {
        this.source = source;
        this.ledger = ledger;
        this.profiles = profiles;
        this.payloads = payloads;
        this.settings = settings;
    }

    /**
     * What the source sends; nothing is asked where the records that name it say enough to leave it out.
     *
     * @throws SourceException where it is left out, or the source does not give it
     */
    BinaryAnswer fetch(@Variable("task") PullTask task) {
        AttachmentLimits limits = limits(task);
        List<Attachment> descriptions = ledger.attachments(task.claim());
        Attachment named = descriptions.stream()
                .filter(one -> against(limits, one).isEmpty())
                .findFirst()
                .orElseThrow(() -> leftOut(task, limits, reason(limits, descriptions)));
        boolean ofPatient = descriptions.stream().anyMatch(Attachment::ofPatient);
        try {
            return new BinaryAnswer(
                    new Attachment(named.binaryId(), named.contentType(), named.size(), ofPatient),
                    source.binary(task, task.url(), contentType -> appetite(limits, contentType)));
        } catch (SourceException e) {
            throw understood(task, limits, e);
        }
    }

    /** Lands the Binary; the task ends in the same transaction. */
    PullTask land(@Variable("task") PullTask task, @Body BinaryAnswer answer) {
        AttachmentLimits limits = limits(task);
        try (answer;
                Payload json = answer.json(limits, payloads, settings.pageInMemory())) {
            PullTask finished = task.finished();
            ledger.landAttachment(finished, batch(task, answer.named(), cut(task, answer.named(), json)));
            return finished;
        } catch (SourceException e) {
            throw understood(task, limits, e);
        }
    }

    private static LandingBatch batch(PullTask task, Attachment named, CutResource binary) {
        ClaimedTask claim = task.claim();
        return new LandingBatch(
                claim.orgId(),
                claim.sourceId(),
                claim.connectionId(),
                claim.pullId(),
                named.ofPatient() ? Optional.of(task.scope().scopeId(claim.patientId())) : Optional.empty(),
                List.of(binary));
    }

    private static CutResource cut(PullTask task, Attachment named, Payload json) {
        CutResource binary = new PageCutter(task.scope())
                .cut(json).resources().stream()
                        .filter(r -> r.type().equals("Binary") && r.originalId().equals(named.binaryId()))
                        .filter(r -> !r.subsetted())
                        .findFirst()
                        .orElseThrow(() -> BinaryAnswer.unreadable("another resource, or a part of it"));
        if (RightPatient.somebodyElses(binary, task.claim().patientId())) {
            throw SourceException.permanent(
                    ErrorCode.OTHER_PATIENT,
                    SourceException.Outcome.FAILED,
                    "The source answered with another patient's attachment; it was not kept.");
        }
        return binary;
    }

    /** How much of an answer of this type is read: nothing where it is certain that it is not wanted. */
    private static DataSize appetite(AttachmentLimits limits, Optional<String> contentType) {
        String type = contentType.map(AttachmentLimits::mediaType).orElse(AttachmentLimits.UNKNOWN_TYPE);
        boolean json = BinaryAnswer.mayBeJson(type);
        if (!json && !type.equals(AttachmentLimits.UNKNOWN_TYPE)) {
            limits.against(type).ifPresent(BinaryAnswer::leaveOut);
        }
        return limits.most(json);
    }

    /** What a failure means for an attachment; one that is left out is not asked for again. */
    private SourceException understood(PullTask task, AttachmentLimits limits, SourceException e) {
        if (e.code() == ErrorCode.ATTACHMENT_LEFT_OUT) {
            return leftOut(task, limits, e.getMessage());
        }
        if (e.code() == ErrorCode.PAGE_TOO_LARGE) {
            return leftOut(task, limits, limits.tooLarge());
        }
        if (e.outcome() == SourceException.Outcome.REFUSED) {
            ledger.refuseAttachment(task);
        }
        if (e.status() == 404 || e.status() == 410) {
            return SourceException.permanent(
                    ErrorCode.SOURCE_UNSUPPORTED,
                    SourceException.Outcome.UNSUPPORTED,
                    "The source does not have it (%d). The next pull asks again.".formatted(e.status()));
        }
        return e;
    }

    private SourceException leftOut(PullTask task, AttachmentLimits limits, String why) {
        ledger.leaveOut(task, limits);
        return BinaryAnswer.leftOut(why);
    }

    private static Optional<String> against(AttachmentLimits limits, Attachment one) {
        return limits.against(one.contentType(), one.size());
    }

    private static String reason(AttachmentLimits limits, List<Attachment> descriptions) {
        return descriptions.stream()
                .flatMap(one -> against(limits, one).stream())
                .findFirst()
                .orElse("Left out: no record names it any more.");
    }

    private AttachmentLimits limits(PullTask task) {
        return AttachmentLimits.of(profiles.get(task.claim().profile()).attachments());
    }
}
