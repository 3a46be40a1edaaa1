package io.caravan.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.Leases;
import io.caravan.run.PullCancel;
import io.caravan.run.PullRequest;
import io.caravan.store.LandingBatch;
import io.caravan.store.LandingCounts;
import io.caravan.store.PageWarning;
import io.caravan.store.Records;
import io.caravan.store.ReferenceTarget;
import io.caravan.support.SqlFiles;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a pull writes down; each public method is one transaction, fenced by the epoch of the claim. */
@Component
class PullLedger {

    private static final String REQUEST = SqlFiles.load("pull/request-pull");
    private static final String CANCEL = SqlFiles.load("pull/cancel-pull");
    private static final String INSERT_TASKS = SqlFiles.load("pull/insert-tasks");
    private static final String MARK_PLANNED = SqlFiles.load("pull/mark-pull-planned");
    private static final String HOLD = SqlFiles.load("pull/hold-task");
    private static final String ADVANCE = SqlFiles.load("pull/advance-task");
    private static final String NOTE = SqlFiles.load("pull/note-references");
    private static final String PENDING = SqlFiles.load("pull/pending-references");
    private static final String MARK = SqlFiles.load("pull/mark-references");

    /** Of one page; a task keeps no more pages' than advance-task.sql says. */
    private static final int MOST_WARNINGS = 100;

    private final JdbcClient jdbc;
    private final Records records;
    private final ObjectMapper json;

    PullLedger(JdbcClient jdbc, Records records, ObjectMapper json) {
        this.jdbc = jdbc;
        this.records = records;
        this.json = json;
    }

    @Transactional
    public Optional<String> request(PullRequest request) {
        return jdbc.sql(REQUEST)
                .param("orgId", request.orgId())
                .param("connectionId", request.connectionId())
                .param("trigger", request.trigger())
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

    @Transactional
    public void plan(ClaimedPull pull, List<PlannedTask> tasks, List<PageWarning> warnings) {
        int marked = jdbc.sql(MARK_PLANNED)
                .param("orgId", pull.orgId())
                .param("id", pull.id())
                .param("epoch", pull.epoch())
                .param("warnings", json(warnings))
                .update();
        if (marked == 0) {
            throw Leases.lost(pull);
        }
        jdbc.sql(INSERT_TASKS)
                .param("orgId", pull.orgId())
                .param("id", pull.id())
                .param("kinds", texts(tasks, PlannedTask::kind))
                .param("phases", new SqlArrayValue("int", (Object[])
                        tasks.stream().map(PlannedTask::phase).toArray(Integer[]::new)))
                .param("types", texts(tasks, PlannedTask::type))
                .param("queries", texts(tasks, PlannedTask::query))
                .update();
    }

    /** A page and the cursor behind it: both or neither. */
    @Transactional
    public void land(PullTask next, LandingBatch batch, List<PageWarning> warnings) {
        hold(next.claim());
        LandingCounts counts = records.land(batch);
        noteReferences(next.claim(), batch);
        advance(next, counts, warnings);
    }

    /** What a batch of references gave, which of them are settled by it, and what they refer to in turn. */
    @Transactional
    public void landReferences(
            PullTask task, LandingBatch batch, List<ReadReference> read, List<PageWarning> warnings) {
        ClaimedTask claim = task.claim();
        hold(claim);
        LandingCounts counts = records.land(batch);
        jdbc.sql(MARK)
                .param("orgId", claim.orgId())
                .param("pullId", claim.pullId())
                .param("types", texts(read, r -> r.reference().type()))
                .param("ids", texts(read, r -> r.reference().id()))
                .param("statuses", texts(read, ReadReference::status))
                .update();
        noteReferences(claim, batch);
        advance(task, counts, warnings);
    }

    public List<Reference> pendingReferences(ClaimedTask task, int batch) {
        return jdbc.sql(PENDING)
                .param("orgId", task.orgId())
                .param("pullId", task.pullId())
                .param("batch", batch)
                .query(Reference.class)
                .list();
    }

    /** Before anything lands: nobody takes the task away until the page is there, or nothing of it is. */
    private void hold(ClaimedTask task) {
        jdbc.sql(HOLD)
                .param("orgId", task.orgId())
                .param("id", task.id())
                .param("epoch", task.epoch())
                .query(String.class)
                .optional()
                .orElseThrow(() -> Leases.lost(task));
    }

    private void noteReferences(ClaimedTask task, LandingBatch batch) {
        List<ReferenceTarget> targets = batch.resources().stream()
                .flatMap(r -> r.references().stream())
                .filter(r -> QueryPlan.FOLLOWED.contains(r.type()))
                .distinct()
                .toList();
        if (!targets.isEmpty()) {
            jdbc.sql(NOTE)
                    .param("orgId", task.orgId())
                    .param("pullId", task.pullId())
                    .param("types", texts(targets, ReferenceTarget::type))
                    .param("ids", texts(targets, ReferenceTarget::originalId))
                    .update();
        }
    }

    private void advance(PullTask task, LandingCounts counts, List<PageWarning> warnings) {
        int advanced = jdbc.sql(ADVANCE)
                .param("orgId", task.claim().orgId())
                .param("id", task.claim().id())
                .param("epoch", task.claim().epoch())
                .param("nextUrl", task.open() ? task.url() : null, java.sql.Types.VARCHAR)
                .param("ended", !task.open())
                .param("seen", counts.seen())
                .param("created", counts.created())
                .param("changed", counts.changed())
                .param("unchanged", counts.unchanged())
                .param("warnings", json(warnings))
                .update();
        if (advanced == 0) {
            throw Leases.lost(task.claim());
        }
    }

    private String json(List<PageWarning> warnings) {
        try {
            return json.writeValueAsString(warnings.stream()
                    .limit(MOST_WARNINGS)
                    .map(w -> Map.of("code", w.code(), "message", w.message()))
                    .toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Two texts are always JSON", e);
        }
    }

    private static <T> SqlArrayValue texts(Collection<T> values, Function<T, String> column) {
        return new SqlArrayValue("text", (Object[]) values.stream().map(column).toArray(String[]::new));
    }
}
