package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.source.profile.SourceProfile.Kind;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageCutter;
import io.caravan.store.PageUnreadableException;
import io.caravan.store.PageWarning;
import io.caravan.support.ErrorCode;
import io.caravan.support.UrlSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps that follow references ({@code walk-references}, {@code fhir-consumer.camel.yaml}). */
@Component("references")
class ReferenceSteps {

    private final SourceCalls source;
    private final PullLedger ledger;
    private final PullSettings settings;

    ReferenceSteps(SourceCalls source, PullLedger ledger, PullSettings settings) {
        this.source = source;
        this.ledger = ledger;
        this.settings = settings;
    }

    /** The next resources to read by reference; empty where none is left. */
    List<Reference> pending(@Variable("task") PullTask task) {
        return ledger.pendingReferences(task.claim(), settings.referenceBatch());
    }

    /** One referenced resource; a source that has it not, or keeps it from us, costs the others nothing. */
    ReadReference read(@Variable("task") PullTask task, @Body Reference reference) {
        ClaimedTask claim = task.claim();
        String id = UrlSegment.encode(reference.id());
        try {
            byte[] body = source.get(claim, Kind.READ, claim.fhirBaseUrl() + "/" + reference.type() + "/" + id);
            return new ReadReference(reference, Optional.of(new PageCutter(task.scope()).cut(body)));
        } catch (SourceException e) {
            if (e.again() || e.code() == ErrorCode.SOURCE_UNAUTHORIZED) {
                throw e;
            }
            return new ReadReference(reference, Optional.empty());
        } catch (PageUnreadableException e) {
            return new ReadReference(reference, Optional.empty());
        }
    }

    /** Lands a batch of them. */
    void land(@Variable("task") PullTask task, @Body List<ReadReference> read) {
        List<CutResource> resources = new ArrayList<>();
        List<PageWarning> warnings = new ArrayList<>();
        for (ReadReference r : read) {
            r.page().ifPresent(page -> {
                page.resources().stream()
                        .filter(c -> c.type().equals(r.reference().type()))
                        .filter(c -> !c.subsetted())
                        .forEach(resources::add);
                warnings.addAll(page.warnings());
            });
        }
        long missing = read.stream().filter(r -> r.page().isEmpty()).count();
        if (missing > 0) {
            warnings.add(new PageWarning(
                    "reference_missing", "%d resources that others refer to cannot be read.".formatted(missing)));
        }
        ledger.landReferences(task, batch(task.claim(), resources), read, warnings);
    }

    /** All references are read. */
    PullTask finish(@Variable("task") PullTask task) {
        PullTask finished = task.finished();
        ledger.land(finished, batch(task.claim(), List.of()), List.of());
        return finished;
    }

    /** What no patient owns. */
    private static LandingBatch batch(ClaimedTask claim, List<CutResource> resources) {
        return new LandingBatch(
                claim.orgId(), claim.sourceId(), claim.connectionId(), claim.pullId(), Optional.empty(), resources);
    }
}
