package io.caravan.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A database whose transaction ids its cluster has not given out yet: after the guard all is as it was, and in the past. */
class RestoreGuardTest {

    private static final int RECORDS = 60;
    private static final int RUNS = 25;

    /** Everything stored that a statement compares: each id against each snapshot, and one snapshot's text with another's. */
    private static final String ANSWERS = """
            WITH id AS (
                SELECT 'changed ' || id AS name, changed_xid AS id FROM resource_record
                UNION ALL SELECT 'first ' || id, first_xid FROM resource_record
                UNION ALL SELECT 'withheld ' || id, withheld_xid FROM resource_record
                UNION ALL SELECT 'settled ' || id, settled_xid FROM pull
                UNION ALL SELECT 'erased ' || connection_id, erased_xid FROM erasure
            ), snapshot AS (
                SELECT 'watermark ' || id AS name, watermark AS seen FROM destination
                UNION ALL SELECT 'from ' || id, window_from FROM export_run
                UNION ALL SELECT 'to ' || id, window_to FROM export_run
                UNION ALL SELECT 'nothing', '3:3:'
            )
            SELECT i.name || ' in ' || s.name || ': ' || coalesce(pg_visible_in_snapshot(i.id, s.seen)::text, 'null')
                   || (i.id >= pg_snapshot_xmin(s.seen))::text || (i.id < pg_snapshot_xmax(s.seen))::text
              FROM id i CROSS JOIN snapshot s WHERE i.id IS NOT NULL AND s.seen IS NOT NULL
            UNION ALL
            SELECT a.name || ' is ' || b.name || ': ' || (a.seen::text = b.seen::text)
              FROM snapshot a CROSS JOIN snapshot b WHERE a.seen IS NOT NULL AND b.seen IS NOT NULL
            UNION ALL
            SELECT name || ' is null' FROM snapshot WHERE seen IS NULL
            UNION ALL
            SELECT name || ' is null' FROM id WHERE id IS NULL
             ORDER BY 1""";

    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;
    private JdbcClient jdbc;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
        jdbc = flow.jdbc();
    }

    @AfterEach
    void end() {
        app.close();
        database.drop();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void no_question_about_what_a_snapshot_sees_is_answered_otherwise(int seed) {
        fill(new Random(seed));
        List<String> before = answers();

        guard().afterSingletonsInstantiated();

        assertThat(compare().ofAnotherCluster()).isFalse();
        assertThat(answers()).hasSizeGreaterThan(RECORDS * RUNS).isEqualTo(before);
        assertThat(before)
                .as("both answers occur")
                .anyMatch(a -> a.contains(": true"))
                .anyMatch(a -> a.contains(": false"));
        assertThat(inTheFuture()).isZero();
    }

    @Test
    void what_this_cluster_wrote_itself_is_left_alone() {
        flow.land("v1", List.of("a", "b"));
        String destination = flow.newDestination();
        flow.queueRun(destination, "delta");
        flow.start(destination);
        List<String> before = stored();

        guard().afterSingletonsInstantiated();

        assertThat(stored()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE resource_record SET changed_xid = '9000000000'",
                "UPDATE resource_record SET withheld_xid = '9000000000'",
                "UPDATE pull SET settled_xid = '9000000000'",
                "UPDATE erasure SET erased_xid = '9000000000'",
                "UPDATE destination SET watermark = '9000000000:9000000001:9000000000'",
                "UPDATE export_run SET window_to = '9000000000:9000000001:9000000000'",
                "UPDATE export_run SET window_from = '9000000000:9000000001:9000000000'"
            })
    void a_single_id_of_another_cluster_is_noticed_wherever_it_stands(String sql) {
        fillOnce();
        assertThat(compare().ofAnotherCluster()).isFalse();

        assertThat(jdbc.sql(sql).update()).isPositive();

        assertThat(compare().ofAnotherCluster()).isTrue();
        guard().afterSingletonsInstantiated();
        assertThat(compare().ofAnotherCluster()).isFalse();
        assertThat(inTheFuture()).isZero();
    }

    @Test
    void every_column_that_holds_an_id_or_a_snapshot_is_numbered_anew() {
        List<String> columns = jdbc.sql("""
                        SELECT c.table_name || '.' || c.column_name
                          FROM information_schema.columns c
                          JOIN information_schema.tables t USING (table_schema, table_name)
                         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
                           AND c.udt_name IN ('xid8', 'pg_snapshot', 'xid', 'txid_snapshot')""").query(String.class).list();

        assertThat(columns)
                .as(
                        "a new one belongs into the store's statements compare- and renumber-transactions, and into this test")
                .containsExactlyInAnyOrder(
                        "resource_record.changed_xid",
                        "resource_record.first_xid",
                        "resource_record.withheld_xid",
                        "pull.settled_xid",
                        "erasure.erased_xid",
                        "destination.watermark",
                        "export_run.window_from",
                        "export_run.window_to");
    }

    @Test
    void a_destination_that_comes_later_has_everything_before_it() {
        flow.land("v1", List.of("a", "b"));
        jdbc.sql("UPDATE resource_record SET changed_xid = '5', first_xid = '3'")
                .update();
        String first = flow.newDestination();
        jdbc.sql("UPDATE destination SET watermark = '9000000000:9000000000:'").update();

        guard().afterSingletonsInstantiated();

        String second = flow.newDestination();
        flow.queueRun(first, "delta");
        assertThat(flow.start(first).windowFrom()).isNotEqualTo("3:3:");
        assertThat(flow.claimItems(50)).isEmpty();
        flow.queueRun(second, "delta");
        assertThat(flow.start(second).windowFrom()).isEqualTo("3:3:");
        assertThat(flow.claimItems(50))
                .singleElement()
                .satisfies(item -> assertThat(item.selected()).isEqualTo(2));
    }

    @Test
    void where_there_are_more_borders_than_the_cluster_has_given_out_ids_it_spends_some() {
        long given = compare().given();
        String destination = flow.newDestination();
        jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode, status, window_from, window_to)
                        SELECT :org, 'run_' || n, :destination, 'manual', 'delta', 'succeeded',
                               CAST(n * 1000 || ':' || n * 1000 || ':' AS pg_snapshot),
                               CAST((n + 1) * 1000 || ':' || (n + 1) * 1000 || ':' AS pg_snapshot)
                          FROM generate_series(CAST(:given AS bigint), 2 * CAST(:given AS bigint)) n""")
                .param("org", flow.org())
                .param("destination", destination)
                .param("given", given)
                .update();

        guard().afterSingletonsInstantiated();

        assertThat(compare().given()).isGreaterThan(2 * given);
        assertThat(inTheFuture()).isZero();
        assertThat(jdbc.sql("SELECT count(DISTINCT window_to::text) FROM export_run")
                        .query(Long.class)
                        .single())
                .isEqualTo(given + 1);
    }

    @Test
    void of_nodes_that_start_at_once_one_does_it_and_the_others_wait() throws Exception {
        fill(new Random(9));
        List<String> before = answers();
        CountDownLatch together = new CountDownLatch(3);
        ExecutorService nodes = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> starts = new ArrayList<>();
            for (int node = 0; node < 3; node++) {
                starts.add(nodes.submit(() -> {
                    together.countDown();
                    together.await();
                    guard().afterSingletonsInstantiated();
                    return null;
                }));
            }
            for (Future<?> start : starts) {
                start.get();
            }
        } finally {
            nodes.shutdownNow();
        }

        assertThat(answers()).isEqualTo(before);
        assertThat(updates("resource_record"))
                .as("each row was written again once")
                .isEqualTo(RECORDS);
    }

    @Test
    void a_start_that_breaks_off_in_the_middle_leaves_all_as_it_was_for_the_next_one() throws SQLException {
        fill(new Random(10));
        List<String> before = stored();
        List<String> answers = answers();
        try (Connection other = database.asOwner().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE export_run ADD CONSTRAINT broken CHECK (window_to::text > '5') NOT VALID");

            assertThatThrownBy(() -> guard().afterSingletonsInstantiated()).hasMessageContaining("broken");

            assertThat(stored()).isEqualTo(before);
            statement.execute("ALTER TABLE export_run DROP CONSTRAINT broken");
        }

        guard().afterSingletonsInstantiated();

        assertThat(answers()).isEqualTo(answers);
        assertThat(inTheFuture()).isZero();
    }

    private RestoreGuard guard() {
        return new RestoreGuard(jdbc, new TransactionTemplate(new JdbcTransactionManager(app)));
    }

    private RestoreGuard.Ids compare() {
        return guard().compare();
    }

    private List<String> answers() {
        return jdbc.sql(ANSWERS).query(String.class).list();
    }

    private List<String> stored() {
        return jdbc.sql("""
                        SELECT id || changed_xid || first_xid || coalesce(withheld_xid::text, '') FROM resource_record
                        UNION ALL SELECT id || watermark FROM destination
                        UNION ALL SELECT id || window_from || window_to FROM export_run ORDER BY 1""").query(String.class).list();
    }

    /** What a snapshot of now does not see. */
    private int inTheFuture() {
        return jdbc.sql("""
                        SELECT count(*) FROM (
                            SELECT greatest(changed_xid, first_xid, withheld_xid) FROM resource_record
                            UNION ALL SELECT settled_xid FROM pull
                            UNION ALL SELECT erased_xid FROM erasure) x (id)
                         WHERE NOT pg_visible_in_snapshot(id, pg_current_snapshot())""").query(Integer.class).single();
    }

    /** How many versions of rows updates have made, as far as this shows in the rows: none is frozen or cleaned up so soon. */
    private int updates(String table) {
        return jdbc.sql("SELECT count(*) FROM %s WHERE xmin = (SELECT max(xmin::text::bigint)::text::xid FROM %s)"
                        .formatted(table, table))
                .query(Integer.class)
                .single();
    }

    // --- what is stored

    /** One of each, as this cluster writes them. */
    private void fillOnce() {
        flow.land("v1", List.of("a"));
        String destination = flow.newDestination();
        flow.queueRun(destination, "delta");
        flow.start(destination);
        flow.requestPull(flow.connection());
        erase();
    }

    private void erase() {
        jdbc.sql("INSERT INTO erasure (org_id, connection_id) VALUES (:org, :connection)")
                .param("org", flow.org())
                .param("connection", flow.connection())
                .update();
    }

    /** Ids around a few spots, dense and sparse, of which some are far beyond four bytes; and snapshots as they can be of them. */
    private void fill(Random random) {
        fillOnce();
        List<String> names = new ArrayList<>();
        for (int i = 1; i < RECORDS; i++) {
            names.add("r%03d".formatted(i));
        }
        flow.land("v1", names);
        for (int i = 1; i < RUNS; i++) {
            flow.queueRun(flow.newDestination(), "delta");
        }
        JdbcTemplate template = new JdbcTemplate(app);
        each(
                template,
                "resource_record",
                "type || '/' || id",
                row -> template.update(
                        "UPDATE resource_record SET changed_xid = ?::xid8, first_xid = ?::xid8, withheld_xid = ?::xid8 WHERE type || '/' || id = ?",
                        id(random),
                        random.nextInt(4) == 0 ? "3" : id(random),
                        random.nextBoolean() ? id(random) : null,
                        row));
        each(
                template,
                "pull",
                "id",
                row -> template.update("UPDATE pull SET settled_xid = ?::xid8 WHERE id = ?", id(random), row));
        each(
                template,
                "erasure",
                "connection_id",
                row -> template.update(
                        "UPDATE erasure SET erased_xid = ?::xid8 WHERE connection_id = ?", id(random), row));
        each(
                template,
                "destination",
                "id",
                row -> template.update(
                        "UPDATE destination SET watermark = ?::pg_snapshot WHERE id = ?",
                        random.nextInt(5) == 0 ? "3:3:" : snapshot(random),
                        row));
        each(
                template,
                "export_run",
                "id",
                row -> template.update(
                        "UPDATE export_run SET window_from = ?::pg_snapshot, window_to = ?::pg_snapshot WHERE id = ?",
                        random.nextInt(5) == 0 ? null : snapshot(random),
                        random.nextInt(5) == 0 ? null : snapshot(random),
                        row));
        template.update(
                "UPDATE export_run r SET window_from = d.watermark FROM destination d WHERE d.id = r.destination_id"
                        + " AND random() < 0.3");
    }

    private static void each(
            JdbcTemplate template, String table, String key, java.util.function.Consumer<String> update) {
        template.queryForList("SELECT %s FROM %s".formatted(key, table), String.class)
                .forEach(update);
    }

    private static long number(Random random) {
        return givenOut(
                switch (random.nextInt(4)) {
                    case 0 -> 3 + random.nextInt(12);
                    case 1 -> 1_000_000 + random.nextInt(40);
                    case 2 -> (1L << 32) - 15 + random.nextInt(30);
                    default -> (1L << 40) + random.nextInt(1_000_000);
                });
    }

    /** Where the lower four bytes begin anew, three ids are never given out. */
    private static long givenOut(long number) {
        return (number & 0xFFFF_FFFFL) < 3 ? number + 3 : number;
    }

    private static String id(Random random) {
        return Long.toString(number(random));
    }

    private static String snapshot(Random random) {
        long from = number(random);
        long to = givenOut(from + random.nextInt(20));
        SortedSet<Long> inProgress = new TreeSet<>();
        for (int i = random.nextInt(6); i > 0 && to > from; i--) {
            inProgress.add(Math.min(givenOut(from + random.nextLong(to - from)), to - 1));
        }
        return from + ":" + to + ":" + inProgress.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
