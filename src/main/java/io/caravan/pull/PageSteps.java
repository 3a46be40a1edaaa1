package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.source.profile.SourceProfiles;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.Page;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import io.caravan.support.payload.Payload;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps of a walk from page to page ({@code walk-pages} and what it calls, {@code fhir-consumer.camel.yaml}). */
@Component("pages")
class PageSteps {

    private final SourceCalls source;
    private final PullLedger ledger;
    private final SourceProfiles profiles;

    PageSteps(SourceCalls source, PullLedger ledger, SourceProfiles profiles) {
        this.source = source;
        this.ledger = ledger;
        this.profiles = profiles;
    }

    PullTask begin(@Body ClaimedTask claim) {
        // A profile that is gone ends the task at its first request.
        boolean attachments = profiles.find(claim.profile())
                .filter(profile -> profile.attachments().pull())
                .isPresent();
        return PullTask.of(claim).withAttachments(attachments);
    }

    /** The bytes of the page that the task has come to. */
    Payload fetch(@Variable("task") PullTask task) {
        try {
            return source.get(task, task.claim().kind().equals("read") ? Kind.READ : Kind.SEARCH, task.url());
        } catch (SourceException e) {
            throw understood(task, e);
        }
    }

    /** What a failure means for a walk: its paging expired, its query says too much, or just what it says. */
    private RuntimeException understood(PullTask task, SourceException e) {
        boolean later = task.pages() > 0;
        if (later && (e.status() == 404 || e.status() == 410) || Outcomes.pagingExpired(means(task), e.codes())) {
            return pagingExpired("The source answered %d to its own next link".formatted(e.status()));
        }
        if (later || e.again()) {
            return e;
        }
        if (Outcomes.unsupported(means(task), e.codes())) {
            return unsupported();
        }
        return SimplerQuery.of(task.claim(), e.status())
                .<RuntimeException>map(QueryRefusedException::new)
                .orElse(e);
    }

    /**
     * Lands what of the page is the patient's; the task moves to the next page in the same transaction.
     *
     * @throws SourceException where the page leads astray; what it holds has landed
     */
    PullTask land(@Variable("task") PullTask task, @Body Page page) {
        try (page) {
            return store(task, page);
        }
    }

    private PullTask store(PullTask task, Page page) {
        ClaimedTask claim = task.claim();
        if (Outcomes.pagingExpired(means(task), page.warnings())) {
            throw pagingExpired("The source says in a page that its paging ended");
        }
        if (claim.kind().equals("search")) {
            Outcomes.refuseOtherThanPage(means(task), page, task.pages() == 0);
        }
        List<CutResource> landable = RightPatient.landable(claim, page);
        if (claim.kind().equals("read") && landable.isEmpty()) {
            throw SourceException.permanent(
                    ErrorCode.PATIENT_UNREADABLE,
                    SourceException.Outcome.FAILED,
                    "The source did not return the patient.");
        }
        Optional<String> patient = Optional.of(task.scope().scopeId(claim.patientId()));
        LandingBatch batch = new LandingBatch(
                claim.orgId(), claim.sourceId(), claim.connectionId(), claim.pullId(), patient, landable);
        List<PageWarning> warnings = Outcomes.kept(means(task), RightPatient.warnings(claim, page));
        PullTask next;
        try {
            next = task.advance(
                    page, profile(task).pageCap(), profile(task).next().rebase());
        } catch (SourceException astray) {
            ledger.keep(task, batch, page.resources(), warnings);
            throw astray;
        }
        return switch (ledger.land(task, next, batch, page.resources(), warnings)) {
            case GOES_ON -> next;
            case RESTS, ENDED -> next.finished();
            case LOOPS ->
                throw SourceException.permanent(
                        ErrorCode.NEXT_LOOPS,
                        SourceException.Outcome.FAILED,
                        "The source's next links lead back to a page that was read before.");
        };
    }

    private SourceProfile.Outcomes means(PullTask task) {
        return profile(task).outcomes();
    }

    private SourceProfile profile(PullTask task) {
        return profiles.get(task.claim().profile());
    }

    private static SourceException unsupported() {
        return SourceException.permanent(
                ErrorCode.SOURCE_UNSUPPORTED,
                SourceException.Outcome.UNSUPPORTED,
                "The source does not know what this query asks for.");
    }

    /** A page of a walk that had begun: the source still offers the type, but not this session (sources.md 12). */
    private static SourceException pagingExpired(String what) {
        return SourceException.permanent(
                ErrorCode.PAGING_EXPIRED, SourceException.Outcome.FAILED, what + ": its paging expired. Pull again.");
    }
}
