package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Run;
import io.caravan.testing.Flow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is gone is a change like any other: selected by its window, read as it was then, counted, retried (I2, I4, I10). */
class TombstonesIT extends FlowCase {

    private static final Flow.Cut ONE_EACH = new Flow.Cut(1, 64 << 20);

    private String destination;

    @BeforeEach
    void prepare() {
        destination = flow.newDestination();
    }

    @Test
    void a_delta_run_deletes_what_is_gone_in_files_of_their_own() {
        served(4);
        flow.land("v2", List.of("o0000"));
        flow.delete(List.of("o0001", "o0003"));

        ClaimedRun run = start("delta", Flow.DEFAULT_CUT);
        List<ClaimedItem> items = flow.claimItems(50);

        assertThat(items).extracting(ClaimedItem::kind).containsExactly("file", "deleted");
        assertThat(items).extracting(ClaimedItem::part).containsExactly(1, 1);
        assertThat(flow.read(items.get(0)).stream().map(Flow::version))
                .containsExactly(new Flow.Version("o0000", "v2"));
        assertThat(flow.read(items.get(1))).containsExactly("Observation/o0001", "Observation/o0003");
        items.forEach(flow::delivered);
        end();
        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(3, 3, 0, 0));
        assertThat(flow.run(run.id()).patients()).isEqualTo(new Run.Patients(1, 1, 0));
        assertThat(flow.run(run.id()).status()).isEqualTo("succeeded");
    }

    @Test
    void a_first_backfill_deletes_nothing_and_neither_does_its_retry() {
        land("v1", 4);
        flow.delete(List.of("o0001"));
        ClaimedRun first = start("delta", ONE_EACH);
        assertThat(kinds(first.id())).containsExactly("file", "file", "file", "manifest");
        flow.failed(flow.claimItems(1).get(0));
        end();

        String retry = flow.retry(first.id()).orElseThrow();
        flow.start(destination);

        assertThat(kinds(retry)).containsExactly("file", "manifest");
        assertThat(flow.column("export_run", "first_backfill", retry)).isEqualTo("true");
        end();
        assertThat(flow.run(retry).status()).isEqualTo("succeeded");
    }

    @Test
    void a_first_backfill_that_failed_is_followed_by_a_first_backfill() {
        land("v1", 2);
        flow.delete(List.of("o0001"));
        start("delta", ONE_EACH);
        flow.claimItems(50).forEach(flow::failed);
        flow.end(destination);

        ClaimedRun again = start("delta", ONE_EACH);

        assertThat(kinds(again.id())).containsExactly("file", "manifest");
    }

    @Test
    void a_full_run_of_a_destination_that_has_something_deletes_whatever_was_deleted() {
        served(3);
        flow.delete(List.of("o0001"));
        start("delta", ONE_EACH);
        end();

        ClaimedRun full = start("full", ONE_EACH);

        assertThat(kinds(full.id())).containsExactly("file", "file", "deleted", "manifest");
    }

    @Test
    void a_record_deleted_while_its_run_goes_on_is_superseded_there_and_deleted_by_the_next() {
        land("v1", 2);
        ClaimedRun run = start("delta", ONE_EACH);
        flow.delete(List.of("o0001"));

        assertThat(end()).hasSize(1);

        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(2, 1, 1, 0));
        start("delta", ONE_EACH);
        assertThat(end()).containsExactly("Observation/o0001");
    }

    @Test
    void a_record_that_came_back_while_its_deletion_was_under_way_is_superseded_there_and_delivered_by_the_next() {
        served(2);
        flow.delete(names(2));
        ClaimedRun run = start("delta", Flow.DEFAULT_CUT);
        flow.land("v1", List.of("o0001"));

        assertThat(end()).containsExactly("Observation/o0000");

        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(2, 1, 1, 0));
        assertThat(flow.run(run.id()).status()).isEqualTo("succeeded");
        start("delta", Flow.DEFAULT_CUT);
        assertThat(end().stream().map(Flow::version)).containsExactly(new Flow.Version("o0001", "v1"));
    }

    @Test
    void a_deletion_that_failed_is_carried_by_the_retry_alone() {
        served(3);
        flow.land("v2", List.of("o0000"));
        flow.delete(List.of("o0001"));
        ClaimedRun run = start("delta", ONE_EACH);
        List<ClaimedItem> items = flow.claimItems(50);
        flow.delivered(items.get(0));
        flow.failed(items.get(1));
        end();
        assertThat(flow.run(run.id()).status()).isEqualTo("partial");
        assertThat(flow.run(run.id()).resources()).isEqualTo(new Run.Resources(2, 1, 0, 1));
        assertThat(flow.run(run.id()).patients()).isEqualTo(new Run.Patients(1, 0, 1));

        String retry = flow.retry(run.id()).orElseThrow();
        flow.start(destination);

        assertThat(kinds(retry)).containsExactly("deleted", "manifest");
        assertThat(flow.run(retry).patients().selected()).isEqualTo(1);
        assertThat(end()).containsExactly("Observation/o0001");
        assertThat(flow.column("export_run", "resolved_by", run.id())).isEqualTo(retry);
        assertThat(flow.retry(run.id())).isEmpty();
    }

    @Test
    void a_destination_is_behind_where_something_is_gone_unless_it_never_had_anything() {
        String served = flow.newDestination();
        flow.queueRun(served, "delta");
        flow.start(served);
        flow.end(served);
        assertThat(flow.sweep()).isZero();

        land("v1", 1);
        flow.delete(names(1));

        assertThat(flow.sweep()).isEqualTo(1);
        assertThat(flow.runs(served, "queued")).hasSize(1);
        assertThat(flow.runs(destination, "queued")).isEmpty();
    }

    @Test
    void archives_leave_deletions_to_files_beside_them() {
        served(6);
        flow.land("v2", List.of("o0000", "o0002", "o0004"));
        flow.delete(List.of("o0001", "o0003", "o0005"));

        ClaimedRun run = start("delta", new Flow.Cut(1, 1, true));

        assertThat(kinds(run.id()))
                .containsExactly("archive", "archive", "archive", "deleted", "deleted", "deleted", "manifest");
        assertThat(flow.run(run.id()).resources().selected()).isEqualTo(6);
    }

    /** So many records that the destination has. */
    private void served(int records) {
        land("v1", records);
        start("delta", Flow.DEFAULT_CUT);
        end();
    }

    private ClaimedRun start(String mode, Flow.Cut cut) {
        flow.queueRun(destination, mode);
        return flow.start(destination, cut);
    }

    /** Delivers what is left of the run under way, and ends it; what it delivered, as its items read it. */
    private List<String> end() {
        List<String> delivered = new ArrayList<>();
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            for (ClaimedItem item : items) {
                List<String> found = item.kind().equals("manifest") ? List.of() : flow.read(item);
                flow.delivered(item, found.size());
                delivered.addAll(found);
            }
        }
        flow.end(destination);
        return delivered;
    }

    private List<String> kinds(String run) {
        return flow.jdbc()
                .sql("SELECT kind FROM export_item WHERE run_id = ? ORDER BY ordinal")
                .param(run)
                .query(String.class)
                .list();
    }
}
