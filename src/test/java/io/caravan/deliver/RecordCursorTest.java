package io.caravan.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.caravan.run.ClaimedItem;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An item's records are read as its window saw them, and what is missing is accounted for (I4). */
class RecordCursorTest {

    private final DeliverSteps steps = new DeliverSteps(null, null, null, null, null, null);

    @TempDir
    Path folder;

    private TestDatabase database;
    private HikariDataSource app;
    private Flow flow;

    @BeforeEach
    void prepare() {
        database = TestDatabase.migrated();
        app = database.pooled();
        flow = Flow.create(app);
    }

    @AfterEach
    void end() {
        app.close();
        database.drop();
    }

    @Test
    void the_lines_come_in_the_order_of_their_keys_a_chunk_at_a_time() throws Exception {
        ClaimedItem item = item(2_500);

        List<List<byte[]>> chunks = new ArrayList<>();
        try (RecordCursor cursor = cursor(item)) {
            cursor.forEachRemaining(chunks::add);
            assertThat(cursor.changedSince()).isZero();
        }

        assertThat(chunks).extracting(List::size).containsExactly(1000, 1000, 500);
        assertThat(chunks.stream().flatMap(List::stream).map(RecordCursorTest::key))
                .isEqualTo(names(2_500));
    }

    @Test
    void records_changed_since_are_left_out_and_counted() throws Exception {
        ClaimedItem item = item(3);
        flow.land("v2", names(1));

        assertThat(deliver(item)).isEqualTo(2);
    }

    @Test
    void an_item_whose_every_record_has_changed_since_is_complete_and_empty() throws Exception {
        ClaimedItem item = item(3);
        flow.land("v2", names(3));

        assertThat(deliver(item)).isZero();
    }

    @Test
    void a_record_that_is_missing_though_nothing_changed_it_is_a_failure() {
        ClaimedItem item = item(3);
        flow.jdbc().sql("DELETE FROM resource_record WHERE id = 'o00001'").update();

        assertThatThrownBy(() -> deliver(item))
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.COUNT_MISMATCH));
    }

    @Test
    void records_deleted_since_are_left_out_and_counted() throws Exception {
        ClaimedItem item = item(3);
        flow.delete(names(2));

        assertThat(deliver(item)).isEqualTo(1);
    }

    @Test
    void tombstones_come_as_many_at_a_time_as_go_on_a_line() throws Exception {
        ClaimedItem item = deletions(250);

        List<Integer> sizes = new ArrayList<>();
        try (RecordCursor cursor = cursor(item)) {
            cursor.forEachRemaining(chunk -> sizes.add(chunk.size()));
        }

        assertThat(item.kind()).isEqualTo("deleted");
        assertThat(sizes).containsExactly(100, 100, 50);
    }

    @Test
    void a_record_that_came_back_since_is_not_deleted_and_counted() throws Exception {
        ClaimedItem item = deletions(3);
        flow.land("v1", names(1));

        assertThat(deliver(item)).isEqualTo(2);
    }

    @Test
    void a_tombstone_that_is_missing_is_a_failure() {
        ClaimedItem item = deletions(3);
        flow.jdbc().sql("DELETE FROM resource_record WHERE id = 'o00001'").update();

        assertThatThrownBy(() -> deliver(item))
                .isInstanceOfSatisfying(
                        CaravanException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.COUNT_MISMATCH));
    }

    @Test
    void a_backfill_is_read_without_what_was_withheld_in_its_window_whatever_is_withheld_later() throws Exception {
        flow.land("v1", names(4));
        withhold("o00001");
        ClaimedItem item = planned();
        withhold("o00002");

        assertThat(item.selected()).isEqualTo(3);
        assertThat(deliver(item)).isEqualTo(3);
    }

    @Test
    void large_records_come_in_pieces_that_make_the_same_lines_in_the_same_order() throws Exception {
        flow.land("v1", names(40));
        grow("o00000", 1 << 20);
        grow("o00007", (128 << 10) - 30);
        grow("o00008", 3 << 20);
        grow("o00039", 300_000);
        ClaimedItem item = planned();
        RecordRange range = range(item);
        assertThat(range.large()).isTrue();

        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        ByteArrayOutputStream inPieces = new ByteArrayOutputStream();
        int most = 0;
        try (RecordCursor records = new RecordCursor(database.asApp(), range);
                PieceCursor pieces = new PieceCursor(database.asApp(), range)) {
            while (records.hasNext()) {
                new NdjsonFormat().marshal(null, records.next(), whole);
            }
            while (pieces.hasNext()) {
                Pieces some = pieces.next();
                most = Math.max(
                        most, some.bytes().stream().mapToInt(b -> b.length).sum());
                new NdjsonFormat().marshal(null, some, inPieces);
            }
            assertThat(pieces.changedSince()).isZero();
        }

        assertThat(inPieces.toByteArray()).isEqualTo(whole.toByteArray());
        assertThat(whole.toString(StandardCharsets.UTF_8).lines()).hasSize(40);
        assertThat(most).isBetween(1 << 20, 2 << 20);
    }

    @Test
    void what_lands_while_the_item_is_read_is_not_in_it() throws Exception {
        ClaimedItem item = item(3);
        try (RecordCursor cursor = cursor(item)) {
            flow.land("v2", names(3));

            assertThat(cursor.next()).hasSize(3);
            assertThat(cursor.changedSince()).isZero();
        }
    }

    @Test
    void a_closed_cursor_may_be_closed_again() throws Exception {
        RecordCursor cursor = cursor(item(1));
        cursor.close();

        assertThatCode(cursor::close).doesNotThrowAnyException();
    }

    /** What write-ndjson does; the number of lines. */
    private int deliver(ClaimedItem item) throws Exception {
        try (Spool spool = new Spool(folder.resolve("spool"));
                RecordCursor cursor = cursor(item)) {
            cursor.forEachRemaining(chunk -> append(spool, chunk));
            steps.complete(range(item), spool, cursor);
            assertThat(spool.empty()).isEqualTo(spool.records() == 0);
            return spool.records();
        }
    }

    private RecordCursor cursor(ClaimedItem item) throws SQLException {
        return new RecordCursor(database.asApp(), range(item));
    }

    private RecordRange range(ClaimedItem item) {
        return new Manifests(flow.jdbc(), new ObjectMapper()).ranges(item).get(0);
    }

    private static void append(Spool spool, List<byte[]> chunk) {
        try {
            for (byte[] line : chunk) {
                spool.append(line, 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ClaimedItem item(int records) {
        flow.land("v1", names(records));
        return planned();
    }

    /** The one item of a first backfill. */
    private ClaimedItem planned() {
        String destination = flow.newDestination();
        flow.queueRun(destination, "delta");
        flow.start(destination);
        return flow.claimItems(1).get(0);
    }

    /** An item that deletes so many records which its destination has. */
    private ClaimedItem deletions(int records) {
        flow.delivered(item(records));
        ClaimedItem manifest = flow.claimItems(1).get(0);
        flow.delivered(manifest);
        flow.end(manifest.destinationId());
        flow.delete(names(records));
        flow.queueRun(manifest.destinationId(), "delta");
        flow.start(manifest.destinationId());
        return flow.claimItems(1).get(0);
    }

    /** Makes a record longer: two bytes a character, so that pieces end within one. */
    private void grow(String id, int characters) {
        flow.jdbc().sql("""
                        UPDATE resource_record
                           SET content = '{"resourceType":"Observation","id":"' || id || '","text":"'
                                         || repeat('ä', :characters) || '"}',
                               bytes = 2 * :characters
                         WHERE id = :id""").param("characters", characters).param("id", id).update();
    }

    private void withhold(String id) {
        flow.jdbc()
                .sql("UPDATE resource_record SET withheld_xid = pg_current_xact_id() WHERE id = ?")
                .param(id)
                .update();
    }

    private static List<String> names(int records) {
        return IntStream.range(0, records).mapToObj("o%05d"::formatted).toList();
    }

    private static String key(byte[] line) {
        return Flow.version(new String(line, StandardCharsets.UTF_8)).key();
    }
}
