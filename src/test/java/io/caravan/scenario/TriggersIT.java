package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import io.caravan.testing.FlowStatement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A trigger is queued in the transaction that caused it, and many of them make few runs (I12). */
class TriggersIT extends FlowCase {

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @Test
    void two_triggers_make_one_queued_run() {
        land("v1", 3);

        flow.pullThrough();
        flow.sweep();
        flow.pullThrough();

        assertThat(flow.runs(destination, "queued")).hasSize(1);
    }

    @Test
    void a_queued_run_absorbs_a_trigger_and_waits_a_little_longer_but_not_for_ever() {
        String queued = flow.queueRun(destination, "delta");
        land("v1", 1);

        settlePull("30 s");
        assertThat(waits(queued)).isEqualTo("about 30 s");
        settlePull("10 s");
        assertThat(waits(queued)).as("never sooner").isEqualTo("about 30 s");
        settlePull("1 h");

        assertThat(waits(queued)).isEqualTo("5 min");
        assertThat(flow.runs(destination, "queued")).containsExactly(queued);
    }

    @Test
    void a_change_during_a_run_queues_the_next_one() {
        land("v1", 1);
        flow.pullThrough();
        flow.start(destination);
        land("v2", 1);

        flow.pullThrough();

        assertThat(flow.runs(destination, "running")).hasSize(1);
        assertThat(flow.runs(destination, "queued")).hasSize(1);
    }

    @Test
    void a_pull_that_changed_nothing_queues_no_run_even_while_one_is_under_way() {
        land("v1", 1);
        flow.pullThrough();
        flow.start(destination);
        land("v1", 1);

        flow.pullThrough();
        flow.sweep();

        assertThat(flow.runs(destination, "running")).hasSize(1);
        assertThat(flow.runs(destination, "queued")).isEmpty();
    }

    @Test
    void a_pull_that_changed_nothing_queues_no_run_after_one() {
        land("v1", 1);
        flow.pullThrough();
        flow.start(destination);
        flow.claimItems(50).forEach(flow::delivered);
        flow.claimItems(50).forEach(flow::delivered);
        flow.end(destination);

        flow.pullThrough();
        flow.sweep();

        assertThat(flow.runs(destination, "queued")).isEmpty();
    }

    @Test
    void a_change_during_a_retry_of_single_items_is_not_taken_for_covered() {
        land("v1", 2);
        flow.queueRun(destination, "delta");
        ClaimedRun partial = flow.start(destination, new Flow.Cut(1, 64 << 20));
        flow.failed(flow.claimItems(1).get(0));
        flow.claimItems(50).forEach(flow::delivered);
        flow.claimItems(50).forEach(flow::delivered);
        flow.end(destination);
        flow.retry(partial.id()).orElseThrow();
        flow.start(destination);
        land("v2", 1);

        flow.pullThrough();

        assertThat(flow.runs(destination, "queued")).hasSize(1);
    }

    @Test
    void the_sweep_leaves_a_destination_whose_last_run_failed_to_its_retries() {
        land("v1", 1);
        flow.queueRun(destination, "delta");
        flow.start(destination);
        flow.claimItems(50).forEach(flow::failed);
        flow.end(destination);

        assertThat(flow.sweep()).isZero();

        land("v2", 1);
        flow.pullThrough();
        assertThat(flow.runs(destination, "queued")).hasSize(1);
    }

    @Test
    void a_disabled_destination_is_not_triggered() {
        flow.enable(destination, false);
        land("v1", 1);

        flow.pullThrough();
        flow.sweep();

        assertThat(flow.runs(destination, "queued")).isEmpty();
    }

    @Test
    void a_pull_that_failed_still_triggers_for_what_it_landed() {
        String pull = flow.requestPull(flow.connection());
        flow.markPlanned(flow.claimPulls(50).get(0));
        flow.newTask(pull, flow.source(), 0);
        flow.newTask(pull, flow.source(), 1);
        flow.done(flow.claimTasks(50, 50).get(0));
        land("v1", 1);
        flow.jdbc()
                .sql("UPDATE pull_task SET status = 'failed' WHERE pull_id = ? AND phase = 1")
                .param(pull)
                .update();

        flow.settle(flow.claimPulls(50).get(0));

        assertThat(flow.column("pull", "status", pull)).isEqualTo("failed");
        assertThat(flow.runs(destination, "queued")).hasSize(1);
    }

    @Test
    void a_pull_whose_plan_came_about_at_the_second_try_is_no_failure() {
        String pull = flow.requestPull(flow.connection());
        ClaimedPull first = flow.claimPulls(50).get(0);
        FlowStatement.of(flow.jdbc(), "pull/track-pull-failed")
                .with("orgId", first.orgId())
                .with("id", first.id())
                .with("epoch", first.epoch())
                .with("again", true)
                .with("waitMillis", 0L)
                .with("holdMillis", 0L)
                .with("tried", true)
                .with("code", "source_error")
                .with("message", "The source answered 500.")
                .update();

        flow.markPlanned(flow.claimPulls(50).get(0));
        flow.newTask(pull, flow.source(), 0);
        flow.claimTasks(50, 50).forEach(flow::done);
        flow.settle(flow.claimPulls(50).get(0));

        assertThat(flow.column("pull", "status", pull)).isEqualTo("completed");
        assertThat(flow.column("pull", "error_code", pull)).isNull();
    }

    @Test
    void a_connection_has_one_queued_pull_however_many_ask() {
        String first = flow.requestPull(flow.connection());

        assertThat(List.of(flow.requestPull(flow.connection()), flow.requestPull(flow.connection())))
                .containsOnly(first);
    }

    private void settlePull(String quiet) {
        String pull = flow.requestPull(flow.connection());
        flow.markPlanned(flow.claimPulls(50).get(0));
        flow.newTask(pull, flow.source(), 0);
        flow.claimTasks(50, 50).forEach(flow::done);
        flow.settle(flow.claimPulls(50).get(0), quiet);
    }

    private String waits(String run) {
        return flow.jdbc().sql("""
                        SELECT CASE WHEN due_at - queued_at = INTERVAL '5 min' THEN '5 min'
                                    WHEN due_at - queued_at BETWEEN INTERVAL '29 s' AND INTERVAL '40 s' THEN 'about 30 s'
                                    ELSE (due_at - queued_at)::text END
                          FROM export_run WHERE id = ?""").param(run).query(String.class).single();
    }
}
