package io.caravan.pull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.run.PullRetry;
import io.caravan.store.CutResource;
import io.caravan.store.LandingBatch;
import io.caravan.store.LandingCounts;
import io.caravan.store.PageWarning;
import io.caravan.store.RecordKey;
import io.caravan.store.Records;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.SqlFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a pull writes down; each public method is one transaction, fenced by the epoch of the claim. */
@Component
class PullLedger {

    private static final String REQUEST = SqlFiles.load("pull/request-pull");
    private static final String RETRY = SqlFiles.load("pull/retry-pull");
    private static final String CANCEL = SqlFiles.load("pull/cancel-pull");
    private static final String CURSOR = SqlFiles.load("pull/keep-cursor");
    private static final String COUNT_DELETED = SqlFiles.load("pull/count-deleted");
    private static final String HOLD = SqlFiles.load("pull/hold-connection");
    private static final String ADVANCE = SqlFiles.load("pull/advance-task");

    private final JdbcClient jdbc;
    private final Records records;
    private final References references;
    private final Attachments attachments;
    private final Walks walks;
    private final Nominees nominees;
    private final ObjectMapper json;

    PullLedger(
            JdbcClient jdbc,
            Records records,
            References references,
            Attachments attachments,
            Walks walks,
            Nominees nominees,
            ObjectMapper json) {
        this.jdbc = jdbc;
        this.records = records;
        this.references = references;
        this.attachments = attachments;
        this.walks = walks;
        this.nominees = nominees;
        this.json = json;
    }

    @Transactional
    public Optional<String> request(PullRequest request) {
        return jdbc.sql(REQUEST)
                .param("orgId", request.orgId())
                .param("connectionId", request.connectionId())
                .param("trigger", request.trigger())
                .param("fullWalk", request.fullWalk())
                .query(String.class)
                .optional();
    }

    @Transactional
    public Optional<String> cancel(PullCancel cancel) {
        return jdbc.sql(CANCEL)
                .param("orgId", cancel.orgId())
                .param("id", cancel.pullId())
                .query(String.class)
                .optional();
    }

    /** @throws CaravanException where there is nothing to repeat, or nothing to pull with */
    @Transactional
    public String retry(PullRetry retry) {
        return jdbc.sql(RETRY)
                .param("orgId", retry.orgId())
                .param("id", retry.pullId())
                .query((row, n) -> {
                    if (row.getString("pull_id") == null) {
                        throw row.getBoolean("active") ? nothingToRetry(retry) : notActive(retry);
                    }
                    return row.getString("pull_id");
                })
                .single();
    }

    private static CaravanException nothingToRetry(PullRetry retry) {
        return new CaravanException(
                ErrorCode.NOTHING_TO_RETRY,
                "Pull %s has not ended, or missed nothing, or a later pull has asked for that: retry that one."
                        .formatted(retry.pullId()));
    }

    private static CaravanException notActive(PullRetry retry) {
        return new CaravanException(
                ErrorCode.CONNECTION_NOT_ACTIVE,
                "The connection of pull %s is not active: ask the patient to reconnect.".formatted(retry.pullId()));
    }

    /** A page and the cursor behind it: both or neither. */
    @Transactional
    public Landed land(
            PullTask at, PullTask next, LandingBatch batch, List<CutResource> shown, List<PageWarning> warnings) {
        LandingCounts counts = land(next, batch, shown, warnings);
        boolean loops = next.open() && !walks.isNew(at, next);
        String status = advance(next, next.open() && !loops, counts, warnings);
        return loops
                ? Landed.LOOPS
                : switch (status) {
                    case "running" -> Landed.GOES_ON;
                    case "pending" -> Landed.RESTS;
                    default -> Landed.ENDED;
                };
    }

    /** A page that leads astray: what it holds, and the cursor where it was. */
    @Transactional
    public void keep(PullTask at, LandingBatch batch, List<CutResource> shown, List<PageWarning> warnings) {
        advance(at, false, land(at, batch, shown, warnings), warnings);
    }

    private LandingCounts land(PullTask task, LandingBatch batch, List<CutResource> shown, List<PageWarning> warnings) {
        hold(task.claim());
        LandingCounts counts = records.land(batch);
        references.note(task, batch.resources(), 1);
        attachments.note(task, batch.resources());
        walks.doubt(task, warnings);
        if (task.claim().fullWalk()) {
            walks.note(task, shown);
        }
        return counts;
    }

    /** What a batch of references gave, which of them are settled by it, and what they refer to in turn. */
    @Transactional
    public void landReferences(
            PullTask task, List<LandingBatch> batches, Map<Reference, DirectRead> read, List<PageWarning> warnings) {
        hold(task.claim());
        LandingCounts counts = LandingCounts.NONE;
        int round = read.keySet().stream().mapToInt(Reference::round).max().orElse(0);
        for (LandingBatch batch : batches) {
            counts = counts.plus(records.land(batch));
            references.note(task, batch.resources(), round + 1);
            attachments.note(task, batch.resources());
            walks.note(task, batch.resources());
        }
        references.mark(task.claim(), read);
        advance(task, false, counts, warnings);
    }

    @Transactional
    public List<Reference> pendingReferences(ClaimedTask task, int rounds, int batch) {
        return references.pending(task, rounds, batch);
    }

    /** How many of the pull's references have come to each status. */
    public Map<String, Integer> countReferences(ClaimedTask task) {
        return references.count(task);
    }

    /** No reference is left to be read, and so no attachment to be found: those are planned. */
    @Transactional
    public void endReferences(PullTask task, List<PageWarning> warnings) {
        hold(task.claim());
        List<PageWarning> all = new ArrayList<>(warnings);
        all.addAll(attachments.plan(task.claim()));
        advance(task, false, LandingCounts.NONE, all);
    }

    /** How the records that name the Binary of a task describe it. */
    public List<Attachment> attachments(ClaimedTask task) {
        return attachments.of(task);
    }

    /** A Binary, and that it need not be fetched again for the records that name it as they are. */
    @Transactional
    public void landAttachment(PullTask task, LandingBatch batch) {
        hold(task.claim());
        LandingCounts counts = records.land(batch);
        attachments.fetched(task.claim());
        advance(task, false, counts, List.of());
    }

    /** The source refuses a Binary, and perhaps all of them. */
    @Transactional
    public void refuseAttachment(PullTask task) {
        hold(task.claim());
        attachments.refused(task.claim());
    }

    /** A Binary is not fetched as long as the records that name it, and these limits, are as they are. */
    @Transactional
    public void leaveOut(PullTask task, AttachmentLimits by) {
        hold(task.claim());
        attachments.leftOut(task.claim(), by);
    }

    /** What the walks have not shown is nominated, once for a task: its first page. */
    @Transactional
    public void nominate(PullTask task) {
        advance(task, false, LandingCounts.NONE, nominees.nominate(task.claim()));
    }

    public List<Nominee> pendingNominees(ClaimedTask task, int batch) {
        return nominees.pending(task, batch);
    }

    /** What a batch of nominees gave: those that are there land as they are, those that are gone are seen no longer. */
    @Transactional
    public void landNominees(
            PullTask task, LandingBatch batch, Map<Nominee, DirectRead> read, List<PageWarning> warnings) {
        ClaimedTask claim = task.claim();
        hold(claim);
        LandingCounts counts = records.land(batch);
        attachments.note(task, batch.resources());
        List<RecordKey> gone = nominees.mark(claim, read);
        if (!gone.isEmpty()) {
            int deleted = records.forget(claim.orgId(), claim.sourceId(), claim.connectionId(), gone);
            jdbc.sql(COUNT_DELETED)
                    .param("orgId", claim.orgId())
                    .param("id", claim.id())
                    .param("deleted", deleted)
                    .update();
        }
        advance(task, false, counts, warnings);
    }

    /** No nominee is left to be read. */
    @Transactional
    public PullTask endNominees(PullTask task) {
        advance(task, false, LandingCounts.NONE, nominees.kept(task.claim()));
        return task;
    }

    /** Before anything lands: nobody ends the connection until the page is there, or nothing of it is. */
    private void hold(ClaimedTask task) {
        jdbc.sql(HOLD)
                .param("orgId", task.orgId())
                .param("id", task.id())
                .param("epoch", task.epoch())
                .query(String.class)
                .optional()
                .orElseThrow(() -> Leases.lost(task));
    }

    /** Moves the cursor; the answer is the task's status from now on. */
    private String advance(PullTask task, boolean asks, LandingCounts counts, List<PageWarning> warnings) {
        String status = jdbc.sql(ADVANCE)
                .param("orgId", task.claim().orgId())
                .param("id", task.claim().id())
                .param("epoch", task.claim().epoch())
                .param("nextUrl", task.open() ? task.url() : null, java.sql.Types.VARCHAR)
                .param("ended", !task.open())
                .param("asks", asks)
                .param("seen", counts.seen())
                .param("created", counts.created())
                .param("changed", counts.changed())
                .param("unchanged", counts.unchanged())
                .param("warnings", WarningsJson.of(json, warnings))
                .query(String.class)
                .optional()
                .orElseThrow(() -> Leases.lost(task.claim()));
        if (!task.open()) {
            jdbc.sql(CURSOR)
                    .param("orgId", task.claim().orgId())
                    .param("id", task.claim().id())
                    .update();
        }
        return status;
    }
}
