package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.run.PullRequest;
import io.caravan.source.profile.ProfileFiles;
import io.caravan.source.profile.SourceProfile;
import io.caravan.store.LandingBatch;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.testing.Flow;
import io.caravan.testing.FlowStatement;
import io.caravan.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** How far a query has come is known with its last page, and is never later than the pull's start. */
class PlanLedgerTest {

    private static final SourceProfile HAPI = ProfileFiles.builtIn().get("hapi");
    private static final SourceProfile EPIC = ProfileFiles.builtIn().get("epic");
    private static final String KEY = "Goal?";

    private final AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext();
    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;
    private PlanLedger plans;
    private PullLedger pulls;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        LedgerCase.register(spring, app);
        spring.refresh();
        plans = spring.getBean(PlanLedger.class);
        pulls = spring.getBean(PullLedger.class);
    }

    @AfterEach
    void end() {
        spring.close();
        app.close();
        database.drop();
    }

    @Test
    void nothing_of_a_plan_is_stored_where_another_node_has_the_pull() {
        ClaimedPull frozen = claim();
        flow.expire("pull", frozen.id());
        flow.claimPulls(1);

        assertThatThrownBy(() -> plans.store(frozen, plan(HAPI, true, Optional.empty())))
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        assertThat(count("pull_task")).isZero();
    }

    @Test
    void a_query_has_come_as_far_as_its_pulls_start_once_its_last_page_landed_and_not_before() {
        ClaimedPull pull = planned(true, Optional.empty());
        ClaimedTask task = flow.claimTasks(1, 1).get(0);

        pulls.land(
                PullTask.of(task),
                new PullTask(task, "https://fhir.example.org/r4?page=2", true, 1, false),
                nothing(pull),
                List.of(),
                List.of());
        assertThat(plans.cursors(pull)).isEmpty();

        pulls.land(PullTask.of(task), PullTask.of(task).finished(), nothing(pull), List.of(), List.of());
        assertThat(plans.cursors(pull).get(KEY).asksFrom()).isEqualTo(startOf(pull));
        assertThat(plans.cursors(pull).get(KEY).sinceWalk()).isLessThan(Duration.ofMinutes(1));
        assertThat(plans.cursors(pull)).hasSize(1);
    }

    @Test
    void a_query_that_failed_has_not_come_further() {
        ClaimedPull pull = planned(true, Optional.empty());
        ClaimedTask task = flow.claimTasks(1, 1).get(0);
        flow.jdbc()
                .sql("UPDATE pull_task SET status = 'failed' WHERE id = ?")
                .param(task.id())
                .update();

        assertThatThrownBy(() -> pulls.land(
                        PullTask.of(task), PullTask.of(task).finished(), nothing(pull), List.of(), List.of()))
                .isInstanceOf(CaravanException.class);
        assertThat(plans.cursors(pull)).isEmpty();
    }

    @Test
    void a_source_whose_clock_is_behind_is_asked_from_its_own_time_and_one_ahead_from_ours() {
        Instant behind = Instant.now().minus(Duration.ofHours(2)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        ClaimedPull first = walked(true, Optional.of(behind));
        assertThat(plans.cursors(first).get(KEY).asksFrom()).isEqualTo(behind);

        ClaimedPull second = walked(true, Optional.of(Instant.now().plus(Duration.ofHours(2))));
        assertThat(plans.cursors(second).get(KEY).asksFrom()).isEqualTo(startOf(second));
    }

    @Test
    void a_walk_of_changes_comes_further_and_is_no_walk_of_everything() {
        ClaimedPull whole = walked(true, Optional.empty());
        flow.jdbc()
                .sql("UPDATE query_cursor SET walked_at = walked_at - INTERVAL '3 days'")
                .update();

        ClaimedPull delta = walked(false, Optional.empty());

        QueryCursor cursor = plans.cursors(delta).get(KEY);
        assertThat(cursor.asksFrom()).isEqualTo(startOf(delta)).isAfter(startOf(whole));
        assertThat(cursor.sinceWalk()).isGreaterThanOrEqualTo(Duration.ofDays(3));
    }

    @Test
    void a_walk_of_changes_alone_is_no_ground_for_the_next_one() {
        assertThat(plans.cursors(walked(false, Optional.empty()))).isEmpty();
    }

    @Test
    void what_was_walked_under_an_earlier_grant_counts_for_nothing() {
        ClaimedPull before = walked(true, Optional.empty());
        ClaimedPull during = planned(false, Optional.empty());
        flow.jdbc()
                .sql("UPDATE connection SET grant_version = grant_version + 1")
                .update();
        assertThat(plans.cursors(before)).isEmpty();

        ClaimedTask task = flow.claimTasks(1, 1).get(0);
        pulls.land(PullTask.of(task), PullTask.of(task).finished(), nothing(during), List.of(), List.of());
        settle(during);
        assertThat(plans.cursors(during)).isEmpty();

        assertThat(plans.cursors(walked(true, Optional.empty()))).hasSize(1);
    }

    @Test
    void a_search_that_became_simpler_is_tried_again_at_once_and_walks_everything() {
        planned(false, Optional.empty());
        ClaimedTask refused = flow.claimTasks(1, 1).get(0);

        SimplerQuery simpler = new SimplerQuery(refused.orgId(), refused.id(), refused.epoch(), "Goal?patient=1", true);
        assertThat(FlowStatement.of(flow.jdbc(), "pull/simplify-task")
                        .body(simpler)
                        .update())
                .isEqualTo(1);

        ClaimedTask again = flow.claimTasks(1, 1).get(0);
        assertThat(again.id()).isEqualTo(refused.id());
        assertThat(again.query()).isEqualTo("Goal?patient=1");
        assertThat(again.fullWalk()).isTrue();
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(FlowStatement.of(flow.jdbc(), "pull/simplify-task")
                        .body(simpler)
                        .update())
                .as("another node has it")
                .isZero();
    }

    @Test
    void everything_is_asked_for_where_somebody_says_so_also_of_a_pull_that_waits_already() {
        flow.requestPull(flow.connection());
        pulls.request(new PullRequest(flow.org(), flow.connection(), "manual", true));
        pulls.request(new PullRequest(flow.org(), flow.connection(), "manual"));

        assertThat(plans.intent(flow.claimPulls(1).get(0)).fullWalk()).isTrue();
        assertThat(count("pull")).isEqualTo(1);
    }

    @Test
    void references_that_a_pull_left_unread_are_the_next_ones_to_read() {
        ClaimedPull first = planned(true, Optional.empty());
        flow.jdbc().sql("""
                        INSERT INTO pull_reference (org_id, pull_id, type, id, round, status)
                        VALUES (:org, :pull, 'Practitioner', 'unread', 2, 'pending'),
                               (:org, :pull, 'Practitioner', 'failed', 1, 'failed'),
                               (:org, :pull, 'Practitioner', 'done', 1, 'done'),
                               (:org, :pull, 'Practitioner', 'too-far', 11, 'pending')""").param("org", flow.org()).param("pull", first.id()).update();
        settle(first);

        ClaimedPull next = planned(false, Optional.empty());

        assertThat(flow.jdbc()
                        .sql("SELECT concat_ws(' ', pull_id, id, round, status) FROM pull_reference ORDER BY id")
                        .query(String.class)
                        .list())
                .containsExactly(next.id() + " failed 1 pending", next.id() + " unread 2 pending");
    }

    @Test
    void what_the_source_bears_is_noted_once_and_not_where_its_profile_was_changed_meanwhile() {
        ClaimedPull pull = claim();
        plans.store(pull, plan(EPIC, true, Optional.empty()));

        assertThat(source("concat_ws(' ', detected_profile, concurrency, request_every, request_burst)"))
                .isEqualTo("epic 4 00:00:00.1 20");
        assertThat(plans.intent(pull).detectedProfile()).contains("epic");
        settle(pull);
        ClaimedPull again = claim();
        String version = source("xmin");
        plans.store(again, plan(EPIC, true, Optional.empty()));
        assertThat(source("xmin")).isEqualTo(version);

        settle(again);
        ClaimedPull late = claim();
        flow.jdbc().sql("UPDATE source SET profile = 'cerner'").update();
        plans.store(late, plan(HAPI, true, Optional.empty()));
        assertThat(source("detected_profile")).isEqualTo("epic");
        assertThat(source("concurrency")).isEqualTo("4");
    }

    /** A pull that walked its one query to the end. */
    private ClaimedPull walked(boolean full, Optional<Instant> sourceClock) {
        ClaimedPull pull = planned(full, sourceClock);
        PullTask task = PullTask.of(flow.claimTasks(1, 1).get(0));
        pulls.land(task, task.finished(), nothing(pull), List.of(), List.of());
        settle(pull);
        return pull;
    }

    private ClaimedPull planned(boolean full, Optional<Instant> sourceClock) {
        ClaimedPull pull = claim();
        plans.store(pull, plan(HAPI, full, sourceClock));
        return pull;
    }

    private ClaimedPull claim() {
        String pull = flow.requestPull(flow.connection());
        return Flow.mine(flow.claimPulls(1), pull);
    }

    private void settle(ClaimedPull pull) {
        flow.jdbc()
                .sql("UPDATE pull SET status = 'completed', completed_at = clock_timestamp() WHERE id = ?")
                .param(pull.id())
                .update();
    }

    private static Plan plan(SourceProfile profile, boolean full, Optional<Instant> sourceClock) {
        return new Plan(
                List.of(PlannedTask.search("Goal", "Goal?patient=1&_lastUpdated=ge2026-03-01T11:55:00Z", full, KEY)),
                List.of(),
                profile,
                Optional.of(profile.name()),
                sourceClock);
    }

    private LandingBatch nothing(ClaimedPull pull) {
        return new LandingBatch(flow.org(), flow.source(), flow.connection(), pull.id(), Optional.of("p"), List.of());
    }

    private Instant startOf(ClaimedPull pull) {
        return flow.jdbc()
                .sql("SELECT started_at FROM pull WHERE id = ?")
                .param(pull.id())
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .single();
    }

    private String source(String expression) {
        return flow.column("source", "(%s)".formatted(expression), flow.source());
    }

    private int count(String table) {
        return flow.jdbc()
                .sql("SELECT count(*) FROM " + table)
                .query(Integer.class)
                .single();
    }
}
