package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.fault.History.Change;
import io.caravan.fault.History.Destination;
import io.caravan.fault.History.Listed;
import io.caravan.fault.History.StoredObject;
import io.caravan.fault.History.StoredRun;
import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.scenario.Exporter;
import io.caravan.scenario.FlowCase;
import io.caravan.testing.Flow;
import io.caravan.testing.Flow.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What the checker says of Caravan's statements, and of the same flow with one of its safeguards left out. */
class ControlsIT extends FlowCase {

    private static final Flow.Cut ONE_A_FILE = new Flow.Cut(1, 64 << 20);

    private final History history = new History();
    private final List<Change> taken = new ArrayList<>();
    private final List<StoredObject> objects = new ArrayList<>();
    private int requests;

    @Test
    void a_window_between_snapshots_loses_nothing_that_commits_late() throws SQLException {
        assertThat(commitLate(Exporter.byWatermark(flow, flow.newDestination())))
                .isEqualTo(new Verdict(2, 2, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_cursor_on_a_sequence_is_caught() throws SQLException {
        assertThat(commitLate(Exporter.bySequence(flow, database))).isEqualTo(new Verdict(2, 1, 0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void a_fenced_write_of_a_node_that_was_frozen_changes_nothing() {
        assertThat(wakeUp(flow::delivered)).isEqualTo(new Verdict(3, 3, 0, 0, 0, 0, 0, 0, 0));
    }

    /** It believes that its upload arrived; who took over is still uploading. */
    @Test
    void an_unfenced_write_is_caught() {
        assertThat(wakeUp(frozen -> flow.jdbc()
                        .sql("UPDATE export_item SET status = 'delivered', delivered = 1 WHERE id = ?")
                        .param(frozen.id())
                        .update()))
                .isEqualTo(new Verdict(3, 3, 0, 0, 0, 1, 0, 0, 0));
    }

    @Test
    void a_manifest_that_is_written_last_lists_what_is_there() {
        ClaimedRun run = startRun();
        deliverAll();

        assertThat(after(run, writeManifest())).isEqualTo(new Verdict(3, 3, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void a_manifest_that_is_written_early_is_caught() {
        ClaimedRun run = startRun();
        int written = writeManifest();
        deliverAll();

        assertThat(after(run, written)).isEqualTo(new Verdict(3, 3, 0, 0, 0, 3, 0, 0, 0));
    }

    /** One transaction draws its number, a later one commits and is exported, then the first commits. */
    private Verdict commitLate(Exporter exporter) throws SQLException {
        try (Connection slow = database.asApp().getConnection()) {
            slow.setAutoCommit(false);
            flow.over(new SingleConnectionDataSource(slow, true)).land("a", List.of("late"));
            flow.land("b", List.of("early"));
            exporter.run().forEach(this::take);
            slow.commit();
        }
        exporter.run().forEach(this::take);
        history.changed(new Change("early", "b"));
        history.changed(new Change("late", "a"));
        return Checker.of(history.took(new Destination("lake", taken, 0))).verdict();
    }

    /** One of three items is taken over; what its first node writes when it wakes up comes before the upload has ended. */
    private Verdict wakeUp(Consumer<ClaimedItem> write) {
        ClaimedRun run = startRun();
        ClaimedItem frozen = flow.claimItems(1).get(0);
        flow.expire("export_item", frozen.id());
        ClaimedItem takenOver = Flow.mine(flow.claimItems(1), frozen.id());
        deliverAll();

        write.accept(frozen);

        int early = deliverAll() ? writeManifest() : Integer.MAX_VALUE;
        deliver(takenOver);
        return after(run, Math.min(early, writeManifest()));
    }

    private ClaimedRun startRun() {
        land("v1", 3);
        names(3).forEach(name -> history.changed(new Change(name, "v1")));
        String destination = flow.newDestination();
        flow.queueRun(destination, "delta");
        return flow.start(destination, ONE_A_FILE);
    }

    /** Whether it is the manifest's turn now. */
    private boolean deliverAll() {
        for (List<ClaimedItem> items = flow.claimItems(50); !items.isEmpty(); items = flow.claimItems(50)) {
            if (items.get(0).kind().equals("manifest")) {
                return true;
            }
            items.forEach(this::deliver);
        }
        return false;
    }

    private void deliver(ClaimedItem item) {
        List<String> lines = flow.read(item);
        lines.forEach(line -> take(Flow.version(line)));
        objects.add(new StoredObject(item.id(), 10, "hash", lines.size(), true, requests++));
        flow.delivered(item, lines.size());
    }

    private int writeManifest() {
        return requests++;
    }

    private void take(Version version) {
        taken.add(new Change(version.key(), version.version()));
    }

    private Verdict after(ClaimedRun run, int manifestWritten) {
        List<Listed> listed = objects.stream()
                .map(object -> new Listed(object.key(), object.size(), object.sha256(), object.count()))
                .toList();
        history.stored(new StoredRun(run.id(), manifestWritten, listed, objects));
        return Checker.of(history.took(new Destination("lake", taken, 0))).verdict();
    }
}
