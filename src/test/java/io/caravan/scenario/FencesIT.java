package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedRun;
import io.caravan.run.ClaimedTask;
import io.caravan.testing.Flow;
import io.caravan.testing.FlowStatement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.support.SqlArrayValue;

/** A node that was frozen and wakes up writes nothing to work that is another's (I8). */
class FencesIT extends FlowCase {

    private static final List<String> TABLES =
            List.of("source", "pull", "pull_task", "export_run", "export_item", "destination", "resource_record");

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delivered",
                "failed",
                "failed again",
                "refused altogether",
                "asked to wait",
                "learned",
                "heartbeat"
            })
    void of_an_item(String write) {
        land("v1", 3);
        flow.queueRun(destination, "delta");
        flow.start(destination, new Flow.Cut(1, 64 << 20));
        ClaimedItem frozen = flow.claimItems(1).get(0);
        flow.expire("export_item", frozen.id());
        flow.claimItems(1);

        unchanged(() -> {
            switch (write) {
                case "delivered" -> assertThat(flow.delivered(frozen)).isZero();
                case "failed" -> flow.failed(frozen);
                case "failed again" -> flow.failed(frozen, true, false);
                case "refused altogether" -> flow.failed(frozen, false, true);
                case "asked to wait" ->
                    ofDestination("deliver/pause-destination", frozen)
                            .with("millis", 60_000L)
                            .update();
                case "learned" ->
                    ofDestination("deliver/learn-limit", frozen)
                            .with("entries", 10)
                            .with("bytes", 1_000L)
                            .update();
                case "given back" ->
                    assertThat(giveBack("run/give-back-items", frozen.id(), frozen.epoch()))
                            .isZero();
                default ->
                    assertThat(extend("run/extend-items", frozen.id(), frozen.epoch()))
                            .isEmpty();
            }
        });
    }

    private FlowStatement ofDestination(String statement, ClaimedItem item) {
        return FlowStatement.of(flow.jdbc(), statement)
                .with("orgId", item.orgId())
                .with("itemId", item.id())
                .with("epoch", item.epoch());
    }

    @ParameterizedTest
    @ValueSource(strings = {"landed a page", "failed", "asked to wait", "heartbeat", "given back"})
    void of_a_task(String write) {
        String pull = flow.requestPull(flow.connection());
        flow.markPlanned(flow.claimPulls(1).get(0));
        flow.newTask(pull, flow.source(), 0);
        flow.newTask(pull, flow.source(), 1);
        ClaimedTask frozen = flow.claimTasks(1, 1).get(0);
        flow.expire("pull_task", frozen.id());
        flow.claimTasks(1, 1);

        unchanged(() -> {
            switch (write) {
                case "landed a page" -> assertThat(flow.done(frozen)).isZero();
                case "failed", "asked to wait" ->
                    FlowStatement.of(flow.jdbc(), "pull/track-task-failed")
                            .with("orgId", frozen.orgId())
                            .with("id", frozen.id())
                            .with("epoch", frozen.epoch())
                            .with("outcome", write.equals("failed") ? "failed" : "pending")
                            .with("holdMillis", 60_000L)
                            .with("tried", true)
                            .with("tries", 1)
                            .with("restart", true)
                            .with("waitMillis", 60_000L)
                            .with("code", "source_error")
                            .with("message", "No.")
                            .update();
                case "given back" ->
                    assertThat(giveBack("run/give-back-tasks", frozen.id(), frozen.epoch()))
                            .isZero();
                default ->
                    assertThat(extend("run/extend-tasks", frozen.id(), frozen.epoch()))
                            .isEmpty();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"planned", "failed", "heartbeat", "given back"})
    void of_a_pull_to_plan(String write) {
        flow.requestPull(flow.connection());
        ClaimedPull frozen = flow.claimPulls(1).get(0);
        flow.expire("pull", frozen.id());
        flow.claimPulls(1);

        unchanged(() -> {
            switch (write) {
                case "planned" -> assertThat(flow.markPlanned(frozen)).isZero();
                case "failed" ->
                    FlowStatement.of(flow.jdbc(), "pull/track-pull-failed")
                            .with("orgId", frozen.orgId())
                            .with("id", frozen.id())
                            .with("epoch", frozen.epoch())
                            .with("again", false)
                            .with("holdMillis", 60_000L)
                            .with("tried", true)
                            .with("waitMillis", 0L)
                            .with("code", "source_error")
                            .with("message", "No.")
                            .update();
                case "given back" ->
                    assertThat(giveBack("run/give-back-pulls", frozen.id(), frozen.epoch()))
                            .isZero();
                default ->
                    assertThat(extend("run/extend-pulls", frozen.id(), frozen.epoch()))
                            .isEmpty();
            }
        });
    }

    @Test
    void of_a_pull_to_settle() {
        String pull = flow.requestPull(flow.connection());
        flow.markPlanned(flow.claimPulls(1).get(0));
        flow.newTask(pull, flow.source(), 0);
        flow.claimTasks(1, 1).forEach(flow::done);
        land("v1", 1);
        ClaimedPull frozen = flow.claimPulls(1).get(0);
        flow.expire("pull", pull);
        flow.claimPulls(1);

        unchanged(() -> flow.settle(frozen));
    }

    @ParameterizedTest
    @ValueSource(strings = {"planned", "failed", "heartbeat", "given back"})
    void of_a_run_to_plan(String write) {
        land("v1", 1);
        flow.queueRun(destination, "delta");
        ClaimedRun frozen = flow.claimRuns(1).get(0);
        flow.expire("export_run", frozen.id());
        flow.claimRuns(1);

        unchanged(() -> {
            switch (write) {
                case "planned" ->
                    assertThat(FlowStatement.of(flow.jdbc(), "export/plan-run")
                                    .with("orgId", frozen.orgId())
                                    .with("id", frozen.id())
                                    .with("epoch", frozen.epoch())
                                    .with("zip", false)
                                    .with("itemRecords", 10)
                                    .with("itemBytes", 1_000_000L)
                                    .update())
                            .isZero();
                case "failed" ->
                    FlowStatement.of(flow.jdbc(), "export/track-run-failed")
                            .with("orgId", frozen.orgId())
                            .with("id", frozen.id())
                            .with("epoch", frozen.epoch())
                            .with("code", "internal")
                            .with("message", "No.")
                            .update();
                case "given back" ->
                    assertThat(giveBack("run/give-back-runs", frozen.id(), frozen.epoch()))
                            .isZero();
                default ->
                    assertThat(extend("run/extend-runs", frozen.id(), frozen.epoch()))
                            .isEmpty();
            }
        });
    }

    @Test
    void of_a_retry_to_plan() {
        land("v1", 2);
        flow.queueRun(destination, "delta");
        ClaimedRun partial = flow.start(destination, new Flow.Cut(1, 64 << 20));
        flow.failed(flow.claimItems(1).get(0));
        flow.claimItems(50).forEach(flow::delivered);
        flow.claimItems(50).forEach(flow::delivered);
        flow.end(destination);
        flow.retry(partial.id()).orElseThrow();
        ClaimedRun frozen = flow.claimRuns(1).get(0);
        flow.expire("export_run", frozen.id());
        flow.claimRuns(1);

        unchanged(() -> assertThat(FlowStatement.of(flow.jdbc(), "export/plan-retry")
                        .with("orgId", frozen.orgId())
                        .with("id", frozen.id())
                        .with("epoch", frozen.epoch())
                        .update())
                .isZero());
    }

    @Test
    void of_a_run_to_settle() {
        land("v1", 2);
        flow.queueRun(destination, "delta");
        flow.start(destination);
        flow.claimItems(50).forEach(flow::failed);
        ClaimedRun frozen = flow.claimRuns(1).get(0);
        flow.expire("export_run", frozen.id());
        flow.claimRuns(1);

        unchanged(() -> flow.settle(frozen));
    }

    @Test
    void work_that_has_ended_takes_no_second_end() {
        land("v1", 1);
        flow.queueRun(destination, "delta");
        flow.start(destination);
        ClaimedItem item = flow.claimItems(1).get(0);
        assertThat(flow.delivered(item)).isEqualTo(1);

        unchanged(() -> {
            assertThat(flow.delivered(item)).isZero();
            flow.failed(item);
            assertThat(extend("run/extend-items", item.id(), item.epoch())).isEmpty();
            assertThat(giveBack("run/give-back-items", item.id(), item.epoch())).isZero();
        });
    }

    @Test
    void a_lease_that_ran_out_is_not_extended_though_nobody_took_it_over() {
        land("v1", 1);
        flow.queueRun(destination, "delta");
        flow.start(destination);
        ClaimedItem item = flow.claimItems(1).get(0);
        assertThat(extend("run/extend-items", item.id(), item.epoch())).containsExactly(item.id());

        flow.expire("export_item", item.id());

        unchanged(() ->
                assertThat(extend("run/extend-items", item.id(), item.epoch())).isEmpty());
    }

    private List<String> extend(String statement, String id, int epoch) {
        return FlowStatement.of(flow.jdbc(), statement)
                .with("ids", new SqlArrayValue("text", id))
                .with("epochs", new SqlArrayValue("int", epoch))
                .with("lease", "15000 milliseconds")
                .query()
                .query((row, n) -> row.getString("id"))
                .list();
    }

    private int giveBack(String statement, String id, int epoch) {
        return FlowStatement.of(flow.jdbc(), statement)
                .with("ids", new SqlArrayValue("text", id))
                .with("epochs", new SqlArrayValue("int", epoch))
                .update();
    }

    private void unchanged(Runnable write) {
        List<String> before = rows();
        write.run();
        assertThat(rows()).isEqualTo(before);
    }

    private List<String> rows() {
        return TABLES.stream()
                .flatMap(table -> flow
                        .jdbc()
                        .sql("SELECT '%1$s ' || t::text FROM %1$s t ORDER BY 1".formatted(table))
                        .query(String.class)
                        .list()
                        .stream())
                .toList();
    }
}
