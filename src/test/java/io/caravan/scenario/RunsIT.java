package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a run covers, how it ends, what that does to the watermark (I2), and what a retry carries (I10). */
class RunsIT extends FlowCase {

    private static final Flow.Cut ONE_EACH = new Flow.Cut(1, 64 << 20);

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @Test
    void one_run_of_a_destination_is_under_way_at_a_time() {
        String full = flow.queueRun(destination, "full");
        String delta = flow.queueRun(destination, "delta");

        List<ClaimedRun> first = flow.claimRuns(50);
        assertThat(first).hasSize(1);
        assertThat(flow.claimRuns(50)).isEmpty();
        flow.plan(first.get(0), Flow.DEFAULT_CUT);
        assertThat(flow.claimRuns(50)).extracting(ClaimedRun::step).containsExactly("settle");
        flow.expire("export_run", first.get(0).id());
        flow.settle(flow.claimRuns(50).get(0));

        List<ClaimedRun> second = flow.claimRuns(50);
        assertThat(second).hasSize(1);
        assertThat(List.of(first.get(0).id(), second.get(0).id())).containsExactlyInAnyOrder(full, delta);
    }

    @Test
    void a_disabled_destination_starts_no_run() {
        flow.queueRun(destination, "delta");
        flow.enable(destination, false);
        assertThat(flow.claimRuns(50)).isEmpty();

        flow.enable(destination, true);

        assertThat(flow.claimRuns(50)).hasSize(1);
    }

    @Test
    void a_run_that_is_not_due_waits() {
        String run = flow.queueRun(destination, "delta");
        flow.jdbc()
                .sql("UPDATE export_run SET due_at = now() + INTERVAL '1 hour' WHERE id = ?")
                .param(run)
                .update();

        assertThat(flow.claimRuns(50)).isEmpty();
    }

    @Test
    void a_run_with_nothing_to_deliver_succeeds_and_moves_the_watermark() {
        String run = flow.queueRun(destination, "delta");
        ClaimedRun started = flow.start(destination);

        assertThat(flow.claimItems(50)).isEmpty();
        flow.end(destination);

        assertThat(flow.column("export_run", "status", run)).isEqualTo("succeeded");
        assertThat(watermark()).isEqualTo(started.windowTo()).isNotEqualTo("3:3:");
        assertThat(items(run)).isEmpty();
    }

    @Test
    void a_run_whose_items_were_all_delivered_succeeds_and_moves_the_watermark() {
        ClaimedRun run = running(3);

        endWith(0);

        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("succeeded");
        assertThat(watermark()).isEqualTo(run.windowTo());
    }

    @Test
    void a_run_that_delivered_nothing_fails_and_leaves_the_watermark() {
        ClaimedRun run = running(3);

        endWith(3);

        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("failed");
        assertThat(flow.column("export_run", "error_code", run.id())).isEqualTo("destination_refused");
        assertThat(watermark()).isEqualTo("3:3:");
    }

    @Test
    void a_run_that_delivered_some_is_partial_and_moves_the_watermark() {
        ClaimedRun run = running(3);

        endWith(1);

        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("partial");
        assertThat(watermark()).isEqualTo(run.windowTo());
    }

    @Test
    void a_run_without_its_manifest_is_failed_and_leaves_the_watermark() {
        ClaimedRun run = running(1);
        flow.delivered(flow.claimItems(50).get(0));

        flow.failed(flow.claimItems(50).get(0));
        flow.end(destination);

        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("failed");
        assertThat(watermark()).isEqualTo("3:3:");
    }

    @Test
    void one_refusal_of_everything_spares_the_other_items_the_try() {
        ClaimedRun run = running(5);

        flow.failed(flow.claimItems(1).get(0), false, true);

        assertThat(flow.claimItems(50)).isEmpty();
        flow.end(destination);
        assertThat(flow.column("export_run", "error_code", run.id()))
                .as("the cause, not its consequence")
                .isEqualTo("destination_refused");
    }

    @Test
    void what_was_on_the_wire_when_everything_was_refused_is_not_tried_again() {
        ClaimedRun run = running(5);
        List<ClaimedItem> onTheWire = flow.claimItems(2);
        flow.failed(onTheWire.get(0), false, true);

        flow.failed(onTheWire.get(1), true, false);

        flow.end(destination);
        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("failed");
        assertThat(flow.column("export_run", "error_code", run.id())).isEqualTo("destination_refused");
    }

    @Test
    void a_run_says_what_its_destination_answered_not_how_another_connection_broke() {
        ClaimedRun run = running(5);
        List<ClaimedItem> onTheWire = flow.claimItems(2);
        flow.failed(onTheWire.get(1), false, true);
        flow.failed(onTheWire.get(0), true, false);
        flow.jdbc()
                .sql("UPDATE export_item SET error_code = 'destination_unreachable' WHERE id = :id")
                .param("id", onTheWire.get(0).id())
                .update();

        flow.end(destination);
        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("failed");
        assertThat(flow.column("export_run", "error_code", run.id())).isEqualTo("destination_refused");
    }

    @Test
    void a_record_changed_after_the_window_is_superseded_and_left_to_the_next_run() {
        running(2);
        flow.land("v2", List.of("o0001"));

        List<String> lines = new ArrayList<>();
        for (ClaimedItem item : flow.claimItems(50)) {
            List<String> read = flow.read(item);
            lines.addAll(read);
            flow.delivered(item, read.size());
        }
        flow.claimItems(50).forEach(flow::delivered);
        ClaimedRun first = flow.end(destination);
        flow.queueRun(destination, "delta");
        flow.start(destination);

        assertThat(lines).extracting(Flow::version).containsExactly(new Flow.Version("o0000", "v1"));
        assertThat(flow.column("export_run", "status", first.id())).isEqualTo("succeeded");
        assertThat(flow.claimItems(50).stream().flatMap(i -> flow.read(i).stream()))
                .extracting(Flow::version)
                .containsExactly(new Flow.Version("o0001", "v2"));
    }

    @Test
    void a_full_run_covers_what_was_delivered_before() {
        running(3);
        endWith(0);
        flow.queueRun(destination, "full");
        flow.start(destination);

        assertThat(flow.claimItems(50)).extracting(ClaimedItem::selected).containsExactly(3);
    }

    @Test
    void no_file_has_more_records_than_its_target_however_large_some_are() {
        String large = "x".repeat(5_000);
        flow.land(large, names(3));
        flow.land("v", names(100).subList(3, 100));
        flow.queueRun(destination, "delta");

        ClaimedRun run = flow.start(destination, new Flow.Cut(10, 1_000));

        List<Integer> sizes = flow.jdbc()
                .sql("SELECT selected FROM export_item WHERE run_id = ? AND kind = 'file' ORDER BY part")
                .param(run.id())
                .query(Integer.class)
                .list();
        assertThat(sizes).allMatch(n -> n >= 1 && n <= 10);
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
        assertThat(sizes.subList(0, 3)).as("large ones are alone").containsExactly(1, 1, 1);
    }

    // --- retries

    @Test
    void the_retry_of_a_partial_run_carries_exactly_what_failed_in_its_own_window() {
        ClaimedRun original = running(4);
        endWith(2);
        land("v2", 1);
        flow.land("v1", List.of("new"));

        String retry = retry(original.id()).orElseThrow();
        ClaimedRun run = flow.start(destination);

        assertThat(run.id()).isEqualTo(retry);
        assertThat(run.mode()).isEqualTo("items");
        assertThat(run.retryOf()).isEqualTo(original.id());
        assertThat(List.of(run.windowFrom(), run.windowTo()))
                .containsExactly(original.windowFrom(), original.windowTo());
        assertThat(ranges(retry, "TRUE"))
                .isEqualTo(ranges(original.id(), "status = 'failed'"))
                .hasSize(2);
        String before = watermark();
        endWith(0);
        assertThat(flow.column("export_run", "status", retry)).isEqualTo("succeeded");
        assertThat(watermark()).isEqualTo(before);
        assertThat(flow.column("export_run", "status", original.id())).isEqualTo("partial");
        assertThat(flow.column("export_run", "resolved_by", original.id())).isEqualTo(retry);
        assertThat(retry(original.id())).isEmpty();
    }

    @Test
    void failed_work_is_carried_by_one_retry_at_a_time() {
        ClaimedRun original = running(3);
        endWith(1);
        String first = retry(original.id()).orElseThrow();

        assertThat(retry(original.id())).isEmpty();
        flow.start(destination);
        assertThat(retry(original.id())).isEmpty();
        endWith(1);

        assertThat(flow.column("export_run", "status", first)).isEqualTo("failed");
        assertThat(retry(original.id())).isEmpty();
        String second = retry(first).orElseThrow();
        assertThat(ranges(second, "TRUE")).isEmpty();
        flow.start(destination);
        assertThat(ranges(second, "TRUE")).isEqualTo(ranges(first, "TRUE"));
    }

    @Test
    void the_retry_of_a_failed_run_goes_from_the_same_watermark() {
        ClaimedRun original = running(3);
        endWith(3);
        flow.land("v1", List.of("new"));

        String retry = retry(original.id()).orElseThrow();
        assertThat(retry(original.id())).as("it is queued").contains(retry);
        ClaimedRun run = flow.start(destination);

        assertThat(run.id()).isEqualTo(retry);
        assertThat(run.mode()).isEqualTo("delta");
        assertThat(run.windowFrom()).isEqualTo(original.windowFrom());
        assertThat(retry(original.id())).as("it is under way").isEmpty();
        assertThat(endWith(0)).isEqualTo(4);
        assertThat(flow.column("export_run", "resolved_by", original.id())).isEqualTo(retry);
        assertThat(retry(original.id())).isEmpty();
    }

    @Test
    void a_failed_run_that_a_later_one_made_up_for_has_nothing_to_retry() {
        ClaimedRun original = running(3);
        endWith(3);
        flow.queueRun(destination, "delta");
        flow.start(destination);

        endWith(0);

        assertThat(retry(original.id())).isEmpty();
    }

    @Test
    void a_run_that_succeeded_has_nothing_to_retry() {
        ClaimedRun run = running(1);
        assertThat(retry(run.id())).isEmpty();

        endWith(0);

        assertThat(retry(run.id())).isEmpty();
    }

    /** The run's retry; there is one exactly where the API calls the run retryable. */
    private Optional<String> retry(String run) {
        boolean retryable = flow.run(run).retryable();
        Optional<String> retry = flow.retry(run);
        assertThat(retryable).as("retryable of %s", run).isEqualTo(retry.isPresent());
        return retry;
    }

    /** A run with one file for each of so many records. */
    private ClaimedRun running(int records) {
        land("v1", records);
        flow.queueRun(destination, "delta");
        return flow.start(destination, ONE_EACH);
    }

    /** Ends the run under way: so many of its files fail, the others and the manifest are delivered. Says how many records. */
    private int endWith(int failures) {
        int left = failures;
        int delivered = 0;
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            for (ClaimedItem item : items) {
                if (left-- > 0) {
                    flow.failed(item);
                } else {
                    delivered += flow.delivered(item) * item.selected();
                }
            }
        }
        flow.end(destination);
        return delivered;
    }

    private String watermark() {
        return flow.column("destination", "watermark", destination);
    }

    private List<String> items(String run) {
        return ranges(run, "TRUE");
    }

    private List<String> ranges(String run, String where) {
        return flow.jdbc()
                .sql("""
                        SELECT concat_ws(' ', resource_type, part, from_source, from_id, to_source, to_id, selected)
                          FROM export_item WHERE run_id = ? AND kind = 'file' AND %s ORDER BY ordinal""".formatted(where))
                .param(run)
                .query(String.class)
                .list();
    }
}
