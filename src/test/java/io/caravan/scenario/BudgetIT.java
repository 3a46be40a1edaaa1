package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedTask;
import io.caravan.testing.Flow;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A source's rate budget is one for all nodes, whichever statement takes from it (GCRA in the database). */
class BudgetIT extends FlowCase {

    private String pull;

    @BeforeEach
    void planned() {
        pull = flow.requestPull(flow.connection());
        flow.claimPulls(5).forEach(flow::markPlanned);
    }

    @Test
    void a_claim_takes_no_more_tasks_than_the_budget_has_requests() {
        budget("1 hour", 3);
        flow.newTasks(pull, flow.source(), 20);

        assertThat(flow.claimTasks(2, 10)).hasSize(2);
        assertThat(flow.claimTasks(10, 10)).hasSize(1);
        assertThat(flow.claimTasks(10, 10)).isEmpty();
        assertThat(flow.takeRequest()).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void what_was_not_used_comes_back_at_the_budgets_pace_and_is_no_more_than_its_burst() {
        budget("1 hour", 3);
        flow.newTasks(pull, flow.source(), 20);
        flow.claimTasks(10, 10);
        assertThat(flow.takeRequest()).isPositive();

        rewind("1 hour");
        assertThat(flow.takeRequest()).isNull();
        assertThat(flow.takeRequest()).isPositive();

        rewind("30 days");
        assertThat(List.of(
                        flow.claimTasks(10, 10).size(), flow.claimTasks(10, 10).size()))
                .containsExactly(3, 0);
    }

    @Test
    void a_page_brings_leave_for_the_next_one_or_the_task_waits_without_losing_a_try() {
        budget("1 hour", 2);
        String task = flow.newTask(pull, flow.source(), 1);
        ClaimedTask claim = flow.claimTasks(1, 1).get(0);

        assertThat(flow.advance(claim)).isEqualTo("running");
        assertThat(flow.advance(claim)).isEqualTo("pending");

        assertThat(flow.column(
                        "pull_task", "concat_ws(' ', attempts, pages, due_at > now() + INTERVAL '50 min')", task))
                .isEqualTo("0 2 t");
        rewind("1 hour");
        flow.jdbc().sql("UPDATE pull_task SET due_at = now()").update();
        assertThat(flow.claimTasks(1, 1)).extracting(ClaimedTask::attempts).containsExactly(1);
    }

    @Test
    void a_plan_is_a_request_too() {
        budget("1 hour", 1);
        flow.jdbc().sql("UPDATE pull SET planned_at = NULL, lease_until = NULL").update();

        assertThat(flow.claimPulls(5)).hasSize(1);

        assertThat(flow.takeRequest()).isPositive();
    }

    @Test
    void tasks_that_ask_many_times_pay_for_each_request_and_not_for_being_claimed() {
        budget("1 hour", 2);
        flow.newTask(pull, flow.source(), 2);

        assertThat(flow.claimTasks(1, 1)).hasSize(1);

        assertThat(flow.takeRequest()).isNull();
        assertThat(flow.takeRequest()).isNull();
        assertThat(flow.takeRequest()).isPositive();
    }

    @Test
    void a_source_without_a_budget_has_leave_for_everything_unless_it_asked_to_wait() {
        assertThat(flow.takeRequest()).isNull();

        flow.jdbc()
                .sql("UPDATE source SET hold_until = clock_timestamp() + INTERVAL '1 hour'")
                .update();

        assertThat(flow.takeRequest()).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void four_nodes_at_once_take_no_more_than_the_budget_allows() throws Exception {
        budget("20 milliseconds", 5);
        AtomicInteger taken = new AtomicInteger();
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> nodes = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                nodes.add(threads.submit(() -> {
                    try (Connection connection = database.asApp().getConnection()) {
                        Flow own = flow.over(new SingleConnectionDataSource(connection, true));
                        while (System.nanoTime() - start < Duration.ofSeconds(2).toNanos()) {
                            taken.addAndGet(own.takeRequest() == null ? 1 : 0);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> node : nodes) {
                node.get();
            }
        } finally {
            threads.shutdownNow();
        }
        long elapsed = Duration.ofNanos(System.nanoTime() - start).toMillis();
        assertThat((long) taken.get()).isBetween(50L, 5 + elapsed / 20);
    }

    private void budget(String every, int burst) {
        flow.jdbc()
                .sql("UPDATE source SET request_every = CAST(? AS interval), request_burst = ?")
                .params(every, burst)
                .update();
    }

    /** So much time passes. */
    private void rewind(String time) {
        flow.jdbc()
                .sql("UPDATE source SET budget_at = budget_at - CAST(? AS interval)")
                .param(time)
                .update();
    }
}
