package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.scenario.DeliveryLedger.Verdict;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** No committed version is skipped and none is sent twice, whatever order transactions commit in (I1, I2). */
class WatermarkIT {

    private static final Logger LOG = LoggerFactory.getLogger(WatermarkIT.class);
    private static final int WRITERS = 8;
    private static final Writer.Plan PLAN = new Writer.Plan(60, 120);
    private static final long SEED = 20_260_101;

    private final DeliveryLedger ledger = new DeliveryLedger();
    private final Tide tide = new Tide();
    private TestDatabase database;
    private HikariDataSource runner;
    private Flow flow;
    private String destination;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        runner = new HikariDataSource();
        runner.setJdbcUrl(database.url());
        runner.setUsername(database.appUser());
        runner.setPassword(database.appPassword());
        runner.setMaximumPoolSize(2);
        runner.setConnectionInitSql("SET plan_cache_mode = force_custom_plan");
        flow = Flow.create(runner);
        destination = flow.newDestination();
    }

    @AfterEach
    void end() {
        runner.close();
        database.drop();
    }

    @Test
    void every_version_committed_by_concurrent_writers_is_delivered_once_or_superseded_by_a_later_one()
            throws Exception {
        Verdict verdict = writeWhileRunning("snapshot", Exporter.byWatermark(flow, destination));

        assertThat(verdict.clean()).as("%s", verdict).isTrue();
        assertThat(verdict.deliveries()).isBetween(PLAN.records(), verdict.commits());
        assertThat(flow.sweep()).as("the destination is behind").isZero();
    }

    @Test
    void the_same_check_finds_records_lost_by_a_cursor_on_a_sequence() throws Exception {
        Verdict verdict = writeWhileRunning("seq", Exporter.bySequence(flow, database));

        assertThat(verdict.lost()).as("%s", verdict).isPositive();
        assertThat(verdict.clean()).isFalse();
    }

    @Test
    void the_same_check_finds_records_lost_by_a_cursor_on_the_time_of_change() throws Exception {
        Verdict verdict = writeWhileRunning("changed_at", byTime());

        assertThat(verdict.lost()).as("%s", verdict).isPositive();
        assertThat(verdict.clean()).isFalse();
    }

    @Test
    void a_record_committed_late_by_a_slow_transaction_is_still_exported() throws Exception {
        Verdict verdict = commitLate(Exporter.byWatermark(flow, destination));

        assertThat(verdict.clean()).as("%s", verdict).isTrue();
        assertThat(verdict.deliveries()).isEqualTo(2);
    }

    @Test
    void the_same_late_record_is_lost_by_a_cursor_on_a_sequence() throws Exception {
        Verdict verdict = commitLate(Exporter.bySequence(flow, database));

        assertThat(verdict).isEqualTo(new Verdict(2, 1, 1, 0, 0, 0, 1));
    }

    @Test
    void the_same_late_record_is_lost_by_a_cursor_on_the_time_of_change() throws Exception {
        Verdict verdict = commitLate(byTime());

        assertThat(verdict).isEqualTo(new Verdict(2, 1, 1, 0, 0, 0, 1));
    }

    @Test
    void a_record_overwritten_by_an_older_transaction_that_commits_later_is_exported_again() throws Exception {
        Exporter exporter = Exporter.byWatermark(flow, destination);
        try (Connection older = database.asApp().getConnection()) {
            older.setAutoCommit(false);
            Flow slow = flow.over(new SingleConnectionDataSource(older, true));
            slow.land("first", List.of("elsewhere")); // its transaction id is drawn here

            land("newer", "contended");
            ledger.deliver(exporter.run());

            slow.land("older", List.of("contended"));
            ledger.commit(List.of("elsewhere"), "first");
            ledger.commit(List.of("contended"), "older");
            older.commit();
        }
        ledger.deliver(exporter.run());

        Verdict verdict = ledger.verdict(flow.store());
        assertThat(verdict.clean()).as("%s", verdict).isTrue();
        assertThat(verdict.deliveries()).isEqualTo(3);
    }

    /** One transaction draws its number, a later one commits and is exported, then the first commits. */
    private Verdict commitLate(Exporter exporter) throws SQLException {
        try (Connection slow = database.asApp().getConnection()) {
            slow.setAutoCommit(false);
            flow.over(new SingleConnectionDataSource(slow, true)).land("a", List.of("late"));

            land("b", "early");
            ledger.deliver(exporter.run());

            ledger.commit(List.of("late"), "a");
            slow.commit();
        }
        ledger.deliver(exporter.run());
        return ledger.verdict(flow.store());
    }

    private void land(String version, String id) {
        flow.land(version, List.of(id));
        ledger.commit(List.of(id), version);
    }

    private Verdict writeWhileRunning(String cursor, Exporter exporter) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<Void>> writers = new ArrayList<>();
            for (int n = 0; n < WRITERS; n++) {
                Connection connection = database.asApp().getConnection();
                writers.add(threads.submit(new Writer("w" + n, connection, flow, SEED + n, tide, ledger, PLAN)));
            }
            while (!writers.stream().allMatch(Future::isDone)) {
                ledger.deliver(exporter.run());
                tide.ran();
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
        ledger.deliver(exporter.run());
        Verdict verdict = ledger.verdict(flow.store());
        LOG.info(
                "{}: seed {}, {} writers, {} transactions committed, {} runs: {}",
                cursor,
                SEED,
                WRITERS,
                tide.commits(),
                tide.runs(),
                verdict);
        return verdict;
    }

    private Exporter byTime() {
        return Exporter.byCursor(flow, "changed_at", "timestamptz", "-infinity");
    }
}
