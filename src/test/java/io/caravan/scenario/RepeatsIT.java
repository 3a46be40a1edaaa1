package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Run;
import io.caravan.testing.Flow;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What failed for a reason that may pass is delivered by a run of its own, later each time (product.md § 4). */
class RepeatsIT extends FlowCase {

    private static final Flow.Cut ONE_EACH = new Flow.Cut(1, 64 << 20);

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @Test
    void each_try_is_due_after_twice_as_long_up_to_the_longest() {
        String run = failed(1, flow::failedForNow);
        for (int wait : List.of(300, 600, 1200, 1500, 1500)) {
            Map<String, Integer> found = repeats();
            assertThat(found).containsOnlyKeys(run);
            assertThat(found.get(run)).isBetween(wait - 30, wait);
            assertThat(repeats()).as("it is queued").isEmpty();
            assertThat(flow.claimRuns(50)).as("it is not due").isEmpty();
            Run waiting = flow.run(run);
            assertThat(waiting.nextTryAt()).isNotNull();
            assertThat(waiting.retryable()).isTrue();

            due();
            ClaimedRun retry = flow.start(destination, ONE_EACH);
            assertThat(retry.retryOf()).isEqualTo(run);
            assertThat(flow.run(retry.id()).trigger()).isEqualTo("auto_retry");
            assertThat(flow.run(run).nextTryAt()).isNull();
            endWith(1, flow::failedForNow);
            run = retry.id();
        }
    }

    @Test
    void what_a_repeat_delivers_resolves_all_that_failed_before() {
        String first = failed(2, flow::failedForNow);
        repeats();
        due();
        String second = flow.start(destination, ONE_EACH).id();
        endWith(2, flow::failedForNow);
        repeats();
        due();
        String third = flow.start(destination, ONE_EACH).id();
        endWith(0, flow::failedForNow);

        assertThat(flow.run(third).status()).isEqualTo("succeeded");
        assertThat(List.of(flow.run(first).resolvedBy(), flow.run(second).resolvedBy()))
                .containsExactly(third, third);
        assertThat(repeats()).isEmpty();
    }

    @Test
    void of_a_partial_run_exactly_what_failed_is_repeated() {
        land("v1", 3);
        flow.queueRun(destination, "delta");
        ClaimedRun partial = flow.start(destination, ONE_EACH);
        endWith(1, flow::failedForNow);
        assertThat(flow.run(partial.id()).status()).isEqualTo("partial");

        assertThat(repeats()).containsOnlyKeys(partial.id());
        due();
        ClaimedRun retry = flow.start(destination, ONE_EACH);

        assertThat(retry.mode()).isEqualTo("items");
        assertThat(flow.run(retry.id()).resources().selected()).isEqualTo(1);
        endWith(0, flow::failedForNow);
        assertThat(flow.run(partial.id()).resolvedBy()).isEqualTo(retry.id());
    }

    @Test
    void what_a_destination_refuses_for_good_is_left_to_a_person() {
        failed(1, flow::failed);
        assertThat(repeats()).isEmpty();
    }

    @Test
    void a_run_that_was_stopped_because_everything_was_refused_is_left_to_a_person() {
        land("v1", 3);
        flow.queueRun(destination, "delta");
        flow.start(destination, ONE_EACH);
        List<ClaimedItem> items = flow.claimItems(50);
        flow.failedForNow(items.get(0));
        flow.failed(items.get(1), false, true);
        endWith(1, flow::failedForNow);

        assertThat(repeats()).isEmpty();
    }

    @Test
    void after_three_days_nothing_is_repeated_by_itself() {
        String first = failed(1, flow::failedForNow);
        repeats();
        due();
        flow.start(destination, ONE_EACH);
        endWith(1, flow::failedForNow);
        age(first, "73 hours");

        assertThat(repeats()).isEmpty();
    }

    @Test
    void a_repeat_that_somebody_cancelled_is_not_queued_again() {
        String run = failed(1, flow::failedForNow);
        repeats();
        flow.cancel(queued());

        assertThat(repeats()).isEmpty();
        assertThat(flow.run(run).retryable()).isTrue();
    }

    @Test
    void a_disabled_destination_is_not_tried_again() {
        failed(1, flow::failedForNow);
        flow.enable(destination, false);

        assertThat(repeats()).isEmpty();
    }

    @Test
    void a_failed_run_that_a_later_one_covers_is_not_repeated() {
        failed(1, flow::failedForNow);
        flow.queueRun(destination, "delta");

        assertThat(repeats()).isEmpty();
    }

    @Test
    void two_who_find_the_same_run_queue_one_repeat() {
        String run = failed(1, flow::failedForNow);
        repeats();
        assertThat(flow.retry(run)).as("a person asks too").contains(queued());
        assertThat(flow.claimRuns(50)).as("and waits no longer").hasSize(1);
    }

    /** So many records fail this way, and their run with them. */
    private String failed(int records, Consumer<ClaimedItem> failure) {
        land("v1", records);
        flow.queueRun(destination, "delta");
        String run = flow.start(destination, ONE_EACH).id();
        endWith(records, failure);
        assertThat(flow.run(run).status()).isEqualTo("failed");
        return run;
    }

    private void endWith(int failures, Consumer<ClaimedItem> failure) {
        int left = failures;
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            for (ClaimedItem item : items) {
                if (left-- > 0) {
                    failure.accept(item);
                } else {
                    flow.delivered(item);
                }
            }
        }
        flow.end(destination);
    }

    private Map<String, Integer> repeats() {
        return flow.repeat("5 min", "25 min", "72 hours");
    }

    private String queued() {
        return flow.jdbc()
                .sql("SELECT id FROM export_run WHERE status = 'queued'")
                .query(String.class)
                .single();
    }

    private void due() {
        flow.jdbc()
                .sql("UPDATE export_run SET due_at = now() WHERE status = 'queued'")
                .update();
    }

    private void age(String run, String time) {
        flow.jdbc()
                .sql("UPDATE export_run SET completed_at = completed_at - CAST(? AS interval) WHERE id = ?")
                .params(time, run)
                .update();
    }
}
