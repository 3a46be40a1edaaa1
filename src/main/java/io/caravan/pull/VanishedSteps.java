package io.caravan.pull;

import io.caravan.pull.DirectRead.Answer;
import io.caravan.run.ClaimedTask;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.PageWarning;
import io.caravan.support.CaravanException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The steps that look after what no walk shows any more ({@code walk-vanished}, {@code fhir-consumer.camel.yaml}). */
@Component("vanished")
class VanishedSteps {

    private final DirectReads reads;
    private final PullLedger ledger;
    private final PullSettings settings;

    VanishedSteps(DirectReads reads, PullLedger ledger, PullSettings settings) {
        this.reads = reads;
        this.ledger = ledger;
        this.settings = settings;
    }

    /** The task's first step, once: what was nominated before its node died stays so. */
    void nominate(@Variable("task") PullTask task) {
        if (task.claim().pages() == 0) {
            ledger.nominate(task);
        }
    }

    /** The next of them to read; empty where none is left. */
    List<Nominee> next(@Variable("task") PullTask task) {
        return ledger.pendingNominees(task.claim(), settings.referenceBatch());
    }

    ReadBatch<Nominee> read(@Variable("task") PullTask task, @Body List<Nominee> nominees) {
        return reads.all(task, nominees, (at, n) -> itself(n, reads.one(at, n.type(), n.originalId())));
    }

    /** Lands those that are there and forgets those that are gone; the task ends where nothing was left to be read. */
    PullTask land(@Variable("task") PullTask task, @Body ReadBatch<Nominee> batch) {
        if (!batch.read().isEmpty()) {
            try (batch) {
                store(task, batch.read());
            }
            return task.landed();
        }
        return batch.stopped().isPresent() ? task : ledger.endNominees(task.finished());
    }

    /** @throws CaravanException where the source could not be asked for all of them: what it said has been stored */
    void goOn(@Body ReadBatch<Nominee> batch) {
        batch.stopped().ifPresent(why -> {
            throw why;
        });
    }

    private void store(PullTask task, Map<Nominee, DirectRead> read) {
        ClaimedTask claim = task.claim();
        Optional<String> patient = Optional.of(task.scope().scopeId(claim.patientId()));
        List<CutResource> there =
                read.values().stream().flatMap(r -> r.resource().stream()).toList();
        List<PageWarning> warnings =
                read.values().stream().flatMap(r -> r.warnings().stream()).toList();
        LandingBatch batch =
                new LandingBatch(claim.orgId(), claim.sourceId(), claim.connectionId(), claim.pullId(), patient, there);
        ledger.landNominees(task, batch, read, warnings);
    }

    /** An answer about another id says nothing about this one. */
    private static DirectRead itself(Nominee nominee, DirectRead read) {
        Optional<CutResource> other =
                read.resource().filter(found -> !found.id().equals(nominee.id()));
        other.ifPresent(found -> found.content().close());
        return other.isPresent() ? DirectRead.of(Answer.UNREADABLE) : read;
    }
}
