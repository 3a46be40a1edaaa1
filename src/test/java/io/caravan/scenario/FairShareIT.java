package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedPull;
import io.caravan.run.ClaimedTask;
import io.caravan.support.Ids;
import io.caravan.testing.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who has least in hand comes first: thousands of queries of one source or patient make no other wait (I9). */
class FairShareIT extends FlowCase {

    private static final int CAP = 4;

    @Test
    void a_source_with_thousands_of_tasks_leaves_half_of_the_slots_to_one_that_came_later() {
        pullWithTasks(flow.source(), flow.connection(), 2_000);
        String late = newSource("late");
        pullWithTasks(late, newConnection(late), 20);

        Map<String, Integer> claimed = new HashMap<>();
        for (int round = 0; round < 5; round++) {
            for (ClaimedTask task : flow.claimTasks(4, CAP)) {
                claimed.merge(task.sourceId(), 1, Integer::sum);
                flow.done(task);
            }
        }

        assertThat(claimed).containsEntry(flow.source(), 10).containsEntry(late, 10);
    }

    @Test
    void a_single_free_slot_goes_to_the_source_that_has_least_at_work() {
        pullWithTasks(flow.source(), flow.connection(), 50);
        assertThat(flow.claimTasks(3, CAP)).hasSize(3);
        String late = newSource("late");
        pullWithTasks(late, newConnection(late), 50);

        for (int n = 0; n < 3; n++) {
            assertThat(flow.claimTasks(1, CAP))
                    .extracting(ClaimedTask::sourceId)
                    .containsExactly(late);
        }
    }

    @Test
    void a_patient_with_thousands_of_tasks_leaves_their_turn_to_the_others_of_the_source() {
        String big = pullWithTasks(flow.source(), flow.connection(), 2_000);
        String small = pullWithTasks(flow.source(), newConnection(flow.source()), 10);

        Map<String, Integer> claimed = new HashMap<>();
        List<ClaimedTask> atWork = new ArrayList<>(flow.claimTasks(CAP, CAP));
        for (int n = 0; n < 16; n++) {
            flow.done(atWork.remove(0));
            atWork.addAll(flow.claimTasks(1, CAP));
        }
        atWork.forEach(task -> claimed.merge(task.pullId(), 1, Integer::sum));

        assertThat(atWork).hasSize(CAP);
        assertThat(claimed).containsEntry(big, 2).containsEntry(small, 2);
    }

    @Test
    void a_source_that_did_not_answer_in_time_gets_one_slot_until_it_does() {
        pullWithTasks(flow.source(), flow.connection(), 20);
        ClaimedTask hung = flow.claimTasks(1, CAP).get(0);
        flow.failed(hung, "source_timeout", 60_000, 0);

        List<ClaimedTask> next = flow.claimTasks(8, CAP);
        assertThat(next).hasSize(1);
        assertThat(flow.claimTasks(8, CAP)).isEmpty();

        flow.jdbc()
                .sql("UPDATE pull_task SET due_at = now() - INTERVAL '1 hour' WHERE id = ?")
                .param(hung.id())
                .update();
        next.forEach(flow::done);
        ClaimedTask again = flow.claimTasks(8, CAP).get(0);
        assertThat(again.id()).isEqualTo(hung.id());
        flow.done(again);
        assertThat(flow.claimTasks(8, CAP)).hasSize(CAP);
    }

    @Test
    void of_a_source_one_plan_is_made_at_a_time_and_other_sources_do_not_wait_for_it() {
        String other = newSource("other");
        for (int n = 0; n < 5; n++) {
            flow.requestPull(newConnection(flow.source()));
        }
        flow.requestPull(newConnection(other));

        List<ClaimedPull> first = flow.claimPulls(50);

        assertThat(first).extracting(ClaimedPull::sourceId).containsExactlyInAnyOrder(flow.source(), other);
        assertThat(flow.claimPulls(50)).isEmpty();
        first.forEach(flow::markPlanned);
        assertThat(flow.claimPulls(50)).filteredOn(p -> p.step().equals("plan")).hasSize(1);
    }

    @Test
    void a_node_that_plans_keeps_its_last_slot_for_ending_pulls() {
        String ending = flow.requestPull(flow.connection());
        flow.claimPulls(2).forEach(flow::markPlanned);
        for (String key : List.of("one", "two", "three")) {
            String source = newSource(key);
            flow.requestPull(newConnection(source));
        }
        flow.newTask(ending, flow.source(), 1);
        assertThat(flow.claimPulls(1)).extracting(ClaimedPull::step).containsExactly("plan");

        assertThat(flow.claimPulls(1)).isEmpty();
        flow.claimTasks(1, CAP).forEach(flow::done);

        assertThat(flow.claimPulls(1)).extracting(ClaimedPull::id).containsExactly(ending);
    }

    @Test
    void a_plan_waits_where_the_source_asked_to_wait() {
        flow.requestPull(flow.connection());
        flow.jdbc()
                .sql("UPDATE source SET hold_until = clock_timestamp() + INTERVAL '1 hour'")
                .update();
        assertThat(flow.claimPulls(50)).isEmpty();

        flow.jdbc().sql("UPDATE source SET hold_until = clock_timestamp()").update();

        assertThat(flow.claimPulls(50)).hasSize(1);
    }

    @Test
    void what_one_task_was_asked_to_wait_holds_for_the_source_and_is_never_shortened() {
        pullWithTasks(flow.source(), flow.connection(), 20);
        List<ClaimedTask> claimed = flow.claimTasks(3, CAP);

        flow.failed(claimed.get(0), "source_throttled", 3_600_000, 3_600_000);
        flow.failed(claimed.get(1), "source_throttled", 1_000, 1_000);
        flow.failed(claimed.get(2), "source_error", 0, 0);

        assertThat(flow.claimTasks(8, CAP)).isEmpty();
        assertThat(flow.column(
                        "source",
                        "(hold_until BETWEEN now() + INTERVAL '59 min' AND now() + INTERVAL '61 min' AND hold_reason <> '')",
                        flow.source()))
                .isEqualTo("true");
    }

    /** The id of a planned pull with so many searches. */
    private String pullWithTasks(String source, String connection, int tasks) {
        String pull = flow.requestPull(connection);
        flow.markPlanned(Flow.mine(flow.claimPulls(50), pull));
        flow.newTasks(pull, source, tasks);
        return pull;
    }

    private String newSource(String key) {
        String id = Ids.next("src");
        flow.insertSource(id, key);
        return id;
    }

    private String newConnection(String source) {
        String id = Ids.next("conn");
        flow.insertConnection(id, source);
        return id;
    }
}
