package io.caravan.pull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedPull;
import io.caravan.run.Leases;
import io.caravan.source.profile.SourceProfile;
import io.caravan.support.SqlFiles;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a plan is made from, and what it becomes. */
@Component
class PlanLedger {

    private static final String INTENT = SqlFiles.load("pull/read-intent");
    private static final String OUTCOMES = SqlFiles.load("pull/read-outcomes");
    private static final String CURSORS = SqlFiles.load("pull/read-cursors");
    private static final String MARK_PLANNED = SqlFiles.load("pull/mark-pull-planned");
    private static final String NOTE_PROFILE = SqlFiles.load("pull/note-profile");
    private static final String TAKE_REFERENCES = SqlFiles.load("pull/take-references");
    private static final String INSERT_TASKS = SqlFiles.load("pull/insert-tasks");

    private final JdbcClient jdbc;
    private final ObjectMapper json;
    private final PullLimits limits;

    PlanLedger(JdbcClient jdbc, ObjectMapper json, PullLimits limits) {
        this.jdbc = jdbc;
        this.json = json;
        this.limits = limits;
    }

    public PullIntent intent(ClaimedPull pull) {
        return jdbc.sql(INTENT)
                .param("orgId", pull.orgId())
                .param("id", pull.id())
                .query((row, n) -> new PullIntent(
                        row.getBoolean("full_walk"), Optional.ofNullable(row.getString("detected_profile"))))
                .single();
    }

    /** How far each query has come, by its key. */
    public Map<String, QueryCursor> cursors(ClaimedPull pull) {
        return jdbc
                .sql(CURSORS)
                .param("orgId", pull.orgId())
                .param("connectionId", pull.connectionId())
                .query((row, n) -> new QueryCursor(
                        row.getString("key"),
                        row.getTimestamp("asks_from").toInstant(),
                        Duration.ofSeconds(row.getLong("seconds_since_walk"))))
                .list()
                .stream()
                .collect(Collectors.toMap(QueryCursor::key, Function.identity()));
    }

    /** What became of the searches of the pull that this one repeats; none where it repeats none. */
    public List<QueryOutcome> outcomesOfRepeated(ClaimedPull pull) {
        return pull.retryOf() == null
                ? List.of()
                : jdbc.sql(OUTCOMES)
                        .param("orgId", pull.orgId())
                        .param("pullId", pull.retryOf())
                        .query(QueryOutcome.class)
                        .list();
    }

    /** Stores the plan and gives the claim back, in one transaction, fenced by the claim's epoch. */
    @Transactional
    public void store(ClaimedPull pull, Plan plan) {
        int marked = jdbc.sql(MARK_PLANNED)
                .param("orgId", pull.orgId())
                .param("id", pull.id())
                .param("epoch", pull.epoch())
                .param("warnings", WarningsJson.of(json, plan.warnings()))
                .param("sourceClock", plan.sourceClock().map(Timestamp::from).orElse(null), Types.TIMESTAMP)
                .update();
        if (marked == 0) {
            throw Leases.lost(pull);
        }
        noteProfile(pull, plan);
        insert(pull, plan.tasks());
        jdbc.sql(TAKE_REFERENCES)
                .param("orgId", pull.orgId())
                .param("pullId", pull.id())
                .param("rounds", limits.referenceRounds())
                .update();
    }

    private void noteProfile(ClaimedPull pull, Plan plan) {
        SourceProfile.Limits bears = plan.profile().limits();
        jdbc.sql(NOTE_PROFILE)
                .param("orgId", pull.orgId())
                .param("sourceId", pull.sourceId())
                .param("profile", pull.profile())
                .param("detected", plan.detectedProfile().orElse(null), Types.VARCHAR)
                .param("concurrency", bears.concurrency().orElse(null), Types.INTEGER)
                .param("perMinute", bears.requestsPerMinute().orElse(null), Types.INTEGER)
                .param("burst", bears.burst())
                .update();
    }

    private void insert(ClaimedPull pull, List<PlannedTask> tasks) {
        jdbc.sql(INSERT_TASKS)
                .param("orgId", pull.orgId())
                .param("id", pull.id())
                .param("kinds", array("text", tasks, PlannedTask::kind))
                .param("phases", array("int", tasks, PlannedTask::phase))
                .param("types", array("text", tasks, PlannedTask::type))
                .param("queries", array("text", tasks, PlannedTask::query))
                .param("fullWalks", array("boolean", tasks, PlannedTask::fullWalk))
                .param("keys", array("text", tasks, PlannedTask::key))
                .update();
    }

    private static SqlArrayValue array(String type, List<PlannedTask> tasks, Function<PlannedTask, Object> column) {
        return new SqlArrayValue(type, tasks.stream().map(column).toArray());
    }
}
