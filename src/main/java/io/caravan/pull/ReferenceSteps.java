package io.caravan.pull;

import io.caravan.run.ClaimedTask;
import io.caravan.source.SourceException;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageWarning;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps that follow references ({@code walk-references}, {@code fhir-consumer.camel.yaml}). */
@Component("references")
class ReferenceSteps {

    private final DirectReads reads;
    private final PullLedger ledger;
    private final PullSettings settings;
    private final PullLimits limits;

    ReferenceSteps(DirectReads reads, PullLedger ledger, PullSettings settings, PullLimits limits) {
        this.reads = reads;
        this.ledger = ledger;
        this.settings = settings;
        this.limits = limits;
    }

    /** The next resources to read by reference, all of one round; empty where none is left. */
    List<Reference> next(@Variable("task") PullTask task) {
        return ledger.pendingReferences(task.claim(), limits.referenceRounds(), settings.referenceBatch());
    }

    ReadBatch<Reference> read(@Variable("task") PullTask task, @Body List<Reference> references) {
        return reads.all(task, references, (at, r) -> reads.one(at, r.type(), r.id()));
    }

    /** Lands what was read; the task ends where nothing was left to be read. */
    PullTask land(@Variable("task") PullTask task, @Body ReadBatch<Reference> batch) {
        if (!batch.read().isEmpty()) {
            try (batch) {
                store(task, batch.read());
            }
            return task.landed();
        }
        return batch.stopped().isPresent() ? task : finish(task);
    }

    /** @throws CaravanException where the source could not be asked for all of a batch: what it gave has landed */
    void goOn(@Body ReadBatch<Reference> batch) {
        batch.stopped().ifPresent(why -> {
            throw why;
        });
    }

    private void store(PullTask task, Map<Reference, DirectRead> all) {
        List<CutResource> nobodys = new ArrayList<>();
        List<CutResource> patients = new ArrayList<>();
        List<PageWarning> warnings = new ArrayList<>();
        for (DirectRead read : all.values()) {
            read.resource().ifPresent(found -> {
                boolean shared = References.onlyReferred(found.type())
                        && found.patients().isEmpty();
                (shared ? nobodys : patients).add(found);
            });
            warnings.addAll(read.warnings());
        }
        Optional<String> patient = Optional.of(task.scope().scopeId(task.claim().patientId()));
        ledger.landReferences(
                task,
                List.of(batch(task.claim(), Optional.empty(), nobodys), batch(task.claim(), patient, patients)),
                all,
                warnings);
    }

    /**
     * Says what was not followed to its end.
     *
     * @throws SourceException where the source failed each time it was asked for one: the rest has landed
     */
    private PullTask finish(PullTask task) {
        Map<String, Integer> counts = ledger.countReferences(task.claim());
        int failed = counts.getOrDefault("failed", 0);
        PullTask finished = failed == 0 ? task.finished() : task;
        ledger.endReferences(finished, ReferenceWarnings.of(counts, limits.referenceRounds()));
        if (failed > 0) {
            throw SourceException.permanent(
                    ErrorCode.SOURCE_ERROR,
                    SourceException.Outcome.FAILED,
                    "The source failed each time it was asked for %d of the resources that others refer to."
                            .formatted(failed));
        }
        return finished;
    }

    private static LandingBatch batch(ClaimedTask claim, Optional<String> patient, List<CutResource> resources) {
        return new LandingBatch(
                claim.orgId(), claim.sourceId(), claim.connectionId(), claim.pullId(), patient, resources);
    }
}
