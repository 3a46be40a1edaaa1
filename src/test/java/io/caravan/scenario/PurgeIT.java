package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.testing.Flow;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tombstones of erased records go when nobody needs them any more, and not before. */
class PurgeIT extends FlowCase {

    private static final Flow.Cut ONE_EACH = new Flow.Cut(1, 64 << 20);

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @Test
    void they_wait_for_every_destination_that_has_something_also_a_disabled_one() {
        String disabled = flow.newDestination();
        land("v1", 3);
        deliver(destination, "delta");
        deliver(disabled, "delta");
        flow.enable(disabled, false);
        flow.erase(List.of("o0001"));
        assertThat(flow.purge()).isZero();
        deliver(destination, "delta");
        assertThat(flow.purge()).isZero();

        flow.enable(disabled, true);
        assertThat(flow.purge()).isZero();
        deliver(disabled, "delta");

        assertThat(flow.purge()).isEqualTo(1);
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void a_destination_that_has_nothing_is_owed_nothing() {
        land("v1", 3);
        flow.erase(List.of("o0001"));

        assertThat(flow.purge()).isEqualTo(1);

        start(destination, "delta", ONE_EACH);
        assertThat(deliverAll(destination)).isEqualTo(2);
    }

    @Test
    void a_first_backfill_under_way_is_waited_for() {
        land("v1", 2);
        start(destination, "delta", ONE_EACH);
        flow.erase(List.of("o0001"));
        assertThat(flow.purge()).isZero();

        assertThat(deliverAll(destination)).isEqualTo(1);
        assertThat(flow.purge()).as("it may have had the record").isZero();
        deliver(destination, "delta");

        assertThat(flow.purge()).isEqualTo(1);
    }

    @Test
    void a_removed_destination_is_not_waited_for() {
        land("v1", 2);
        deliver(destination, "delta");
        flow.erase(names(2));

        flow.jdbc()
                .sql("DELETE FROM destination WHERE id = ?")
                .param(destination)
                .update();

        assertThat(flow.purge()).isEqualTo(2);
    }

    @Test
    void a_run_that_is_to_delete_them_again_is_waited_for_from_its_window_on() {
        land("v1", 3);
        deliver(destination, "delta");
        flow.erase(names(2));
        deliver(destination, "delta");
        flow.queueRun(destination, "full");
        ClaimedRun full = flow.claimRuns(50).get(0);
        assertThat(flow.purge()).as("about to be planned").isZero();
        flow.plan(full, ONE_EACH);
        assertThat(flow.purge()).as("to be delivered").isZero();

        assertThat(deliverAll(destination)).isEqualTo(3);

        assertThat(flow.purge()).isEqualTo(2);
    }

    @Test
    void a_failed_deletion_keeps_them_until_its_retry_has_delivered_it() {
        land("v1", 3);
        deliver(destination, "delta");
        flow.land("v2", List.of("o0000"));
        flow.erase(List.of("o0001", "o0002"));
        ClaimedRun run = start(destination, "delta", Flow.DEFAULT_CUT);
        failThe("deleted");
        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("partial");
        assertThat(flow.purge()).isZero();

        flow.retry(run.id()).orElseThrow();
        assertThat(flow.purge()).as("the retry is queued").isZero();
        flow.start(destination);
        assertThat(flow.purge()).as("the retry is under way").isZero();
        assertThat(deliverAll(destination)).isEqualTo(2);

        assertThat(flow.purge()).isEqualTo(2);
    }

    @Test
    void a_failed_file_from_before_keeps_what_it_will_find_superseded() {
        land("v1", 3);
        ClaimedRun run = start(destination, "delta", new Flow.Cut(2, 64 << 20));
        List<ClaimedItem> items = flow.claimItems(50);
        flow.failed(items.get(0));
        flow.delivered(items.get(1));
        deliverAll(destination);
        flow.erase(names(3));
        deliver(destination, "delta");

        assertThat(flow.purge()).as("all but those of the failed file").isEqualTo(1);

        flow.retry(run.id()).orElseThrow();
        flow.start(destination);
        assertThat(deliverAll(destination)).isZero();
        assertThat(flow.column("export_run", "status", run.id())).isEqualTo("partial");
        assertThat(flow.run(run.id()).resolvedBy()).isNotNull();
        assertThat(flow.purge()).isEqualTo(2);
    }

    @Test
    void one_that_came_back_stays() {
        land("v1", 1);
        flow.erase(names(1));
        land("v1", 1);

        assertThat(flow.purge()).isZero();
        assertThat(flow.store()).hasSize(1);
    }

    @Test
    void tombstones_of_what_is_merely_gone_stay() {
        land("v1", 1);
        flow.delete(names(1));

        assertThat(flow.purge()).isZero();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void what_was_delivered_is_no_longer_bounded_by_their_keys() {
        land("v1", 5);
        flow.queueRun(destination, "delta");
        ClaimedRun files = flow.start(destination);
        deliverAll(destination);
        String zipped = flow.newDestination();
        ClaimedRun archives = start(zipped, "delta", new Flow.Cut(1, 1, true));
        deliverAll(zipped);
        flow.erase(List.of("o0000", "o0004"));
        deliver(destination, "delta");
        deliver(zipped, "delta");
        assertThat(bounds(files)).containsExactly("o0000 o0004");

        assertThat(flow.purge()).isEqualTo(2);

        assertThat(bounds(files)).containsExactly("o0001 o0003");
        assertThat(bounds(archives)).contains("o0001 o0001", " ").doesNotContain("o0000 o0000", "o0004 o0004");
        assertThat(flow.jdbc()
                        .sql("SELECT count(*)::int FROM export_item i WHERE i::text ~ 'o000[04]'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private void deliver(String to, String mode) {
        start(to, mode, Flow.DEFAULT_CUT);
        deliverAll(to);
    }

    private ClaimedRun start(String to, String mode, Flow.Cut cut) {
        flow.queueRun(to, mode);
        return flow.start(to, cut);
    }

    /** Delivers what is left of the run under way and ends it; how many records that were. What is missing is accounted for. */
    private int deliverAll(String to) {
        int delivered = 0;
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            for (ClaimedItem item : items) {
                int found = found(item);
                flow.delivered(item, found);
                delivered += found;
            }
        }
        flow.end(to);
        return delivered;
    }

    private int found(ClaimedItem item) {
        if (item.resourceType() == null) {
            return item.kind().equals("archive") ? item.selected() : 0;
        }
        int found = flow.read(item).size();
        assertThat(item.selected() - found).isBetween(0, flow.changedSince(item));
        return found;
    }

    private void failThe(String kind) {
        for (ClaimedItem item : flow.claimItems(50)) {
            if (item.kind().equals(kind)) {
                flow.failed(item);
            } else {
                flow.delivered(item, found(item));
            }
        }
        deliverAll(destination);
    }

    private List<String> bounds(ClaimedRun run) {
        return flow.jdbc()
                .sql("SELECT from_id || ' ' || to_id FROM export_range WHERE run_id = ? ORDER BY resource_type, part")
                .param(run.id())
                .query(String.class)
                .list();
    }

    private int rows() {
        return flow.jdbc()
                .sql("SELECT count(*)::int FROM resource_record")
                .query(Integer.class)
                .single();
    }
}
