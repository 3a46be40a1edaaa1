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
import io.caravan.store.Page;
import io.caravan.store.PageWarning;
import io.caravan.store.Records;
import io.caravan.support.SqlFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final String ADVANCE = SqlFiles.load("pull/advance-task");

    /** Of one page; a task keeps no more pages' than advance-task.sql says. */
    private static final int MOST_WARNINGS = 100;

    private final JdbcClient jdbc;
    private final Records records;
    private final References references;
    private final Walks walks;
    private final ObjectMapper json;

    PullLedger(JdbcClient jdbc, Records records, References references, Walks walks, ObjectMapper json) {
        this.jdbc = jdbc;
        this.records = records;
        this.references = references;
        this.walks = walks;
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
                .param("kinds", TextArray.of(tasks, PlannedTask::kind))
                .param("phases", new SqlArrayValue("int", (Object[])
                        tasks.stream().map(PlannedTask::phase).toArray(Integer[]::new)))
                .param("types", TextArray.of(tasks, PlannedTask::type))
                .param("queries", TextArray.of(tasks, PlannedTask::query))
                .update();
    }

    /** A page and the cursor behind it: both or neither. */
    @Transactional
    public void land(PullTask next, LandingBatch batch, Page page, List<PageWarning> warnings) {
        LandingCounts counts = records.land(batch);
        references.note(next, batch.resources(), 1);
        if (next.claim().fullWalk()) {
            walks.note(next, page);
        }
        advance(next, counts, warnings);
    }

    /** What a batch of references gave, which of them are settled by it, and what they refer to in turn. */
    @Transactional
    public void landReferences(
            PullTask task, List<LandingBatch> batches, Map<Reference, DirectRead> read, List<PageWarning> warnings) {
        LandingCounts counts = LandingCounts.NONE;
        int round = read.keySet().stream().mapToInt(Reference::round).max().orElse(0);
        for (LandingBatch batch : batches) {
            counts = counts.plus(records.land(batch));
            references.note(task, batch.resources(), round + 1);
            walks.note(task, batch.resources());
        }
        references.mark(task.claim(), read);
        advance(task, counts, warnings);
    }

    @Transactional
    public List<Reference> pendingReferences(ClaimedTask task, int rounds, int batch) {
        return references.pending(task, rounds, batch);
    }

    /** How many of the pull's references have come to each status. */
    public Map<String, Integer> countReferences(ClaimedTask task) {
        return references.count(task);
    }

    /** No reference is left to be read. */
    @Transactional
    public void endReferences(PullTask task, List<PageWarning> warnings) {
        advance(task, LandingCounts.NONE, warnings);
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
}
