package io.caravan.deliver.fhir;

import io.caravan.destination.fhir.WriteOrder;
import io.caravan.run.ClaimedItem;
import io.caravan.run.Leases;
import io.caravan.support.SqlFiles;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** What is read for bundles, and what is written down after each; every method is one statement. */
@Component
class BundleLedger {

    private static final String RANGE = SqlFiles.load("deliver/read-bundle");
    private static final String LEFTOVERS = SqlFiles.load("deliver/read-leftovers");
    private static final String WAITING = SqlFiles.load("deliver/read-waiting");
    private static final String CIRCLE = SqlFiles.load("deliver/read-circle");
    private static final String CURSOR = SqlFiles.load("deliver/read-cursor");
    private static final String KEEP = SqlFiles.load("deliver/keep-fates");
    private static final String END_AGAIN = SqlFiles.load("deliver/end-again");
    private static final String END_WAITING = SqlFiles.load("deliver/end-waiting");
    private static final String SUM = SqlFiles.load("deliver/sum-item");
    private static final String CHECK = SqlFiles.load("deliver/check-way");
    private static final String PAUSE = SqlFiles.load("deliver/pause-destination");
    private static final String LEARN = SqlFiles.load("deliver/learn-limit");

    /** Of the item that repeats what waits: behind all that a plan makes. */
    private static final int REPEATS_ORDINAL = 1_000_000_000;

    private static final byte[] NOTHING = {};

    private final JdbcClient jdbc;

    BundleLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How far an item has come, and whether its run is a backfill. */
    record Cursor(SendKey done, boolean backfill) {}

    /**
     * Whether the next bundle may go.
     *
     * @param waitMillis how long its server still asks to be left alone
     * @param learnedEntries null where nothing was learned, as {@code learnedBytes}
     */
    record Way(boolean cancelRequested, long waitMillis, Integer learnedEntries, Long learnedBytes, int revision) {}

    /** What an item comes to; {@code changedSince} of its keys have a newer version. */
    record Sum(int selected, int delivered, int superseded, int rejected, long bytes, int waiting, int changedSince) {}

    Cursor cursor(ClaimedItem item) {
        return of(CURSOR, item)
                .query((row, n) -> new Cursor(
                        new SendKey(0, "", row.getString("done_source"), row.getString("done_id")),
                        row.getBoolean("backfill")))
                .single();
    }

    /** The next records of an item's range. */
    List<OutgoingRecord> range(FhirItem item, boolean backfill, SendKey after, BundleLimits limits) {
        ClaimedItem claim = item.claim();
        return limited(RANGE, claim, limits)
                .param("type", claim.resourceType())
                .param("afterSource", after.sourceId())
                .param("afterId", after.id())
                .param("fromSource", claim.fromSource())
                .param("fromId", claim.fromId())
                .param("toSource", claim.toSource())
                .param("toId", claim.toId())
                .param("windowFrom", claim.windowFrom())
                .param("windowTo", claim.windowTo())
                .param("deleted", item.deletes())
                .param("backfill", backfill)
                .query((row, n) -> record(row, claim.id(), 0, claim.resourceType(), item.deletes(), false))
                .list();
    }

    /** The next of an item's records that were refused for now before this claim. */
    List<OutgoingRecord> leftovers(FhirItem item, SendKey after, BundleLimits limits) {
        ClaimedItem claim = item.claim();
        return limited(LEFTOVERS, claim, limits)
                .param("itemId", claim.id())
                .param("epoch", claim.epoch())
                .param("windowTo", claim.windowTo())
                .param("afterSource", after.sourceId())
                .param("afterId", after.id())
                .query((row, n) ->
                        record(row, claim.id(), 0, claim.resourceType(), item.deletes(), row.getBoolean("superseded")))
                .list();
    }

    /** The next of a run's records that wait for something that they refer to. */
    List<OutgoingRecord> waiting(FhirItem item, SendKey after, BundleLimits limits) {
        return limited(WAITING, item.claim(), limits)
                .param("runId", item.claim().runId())
                .param("windowTo", item.claim().windowTo())
                .param("afterRank", after.rank())
                .param("afterType", after.type())
                .param("afterSource", after.sourceId())
                .param("afterId", after.id())
                .query(BundleLedger::waiting)
                .list();
    }

    /** Those of a run's waiting records that have these keys. */
    List<OutgoingRecord> circle(FhirItem item, List<SendKey> keys) {
        return jdbc.sql(CIRCLE)
                .param("orgId", item.claim().orgId())
                .param("runId", item.claim().runId())
                .param("windowTo", item.claim().windowTo())
                .param("types", texts(keys, SendKey::type))
                .param("sources", texts(keys, SendKey::sourceId))
                .param("ids", texts(keys, SendKey::id))
                .query(BundleLedger::waiting)
                .list();
    }

    /**
     * What became of a bundle, and how far the item has come with it.
     *
     * @param done null where the item's range is not what was sent
     * @param bytes of what is there now
     */
    void keep(FhirItem item, OutgoingRecord done, long bytes, List<KeptFate> fates) {
        boolean held = of(KEEP, item.claim())
                        .param("epoch", item.claim().epoch())
                        .param("doneSource", done == null ? null : done.sourceId())
                        .param("doneId", done == null ? null : done.id())
                        .param("progress", fates.stream().anyMatch(fate -> !fate.forNow()))
                        .param("bytes", bytes)
                        .param("itemIds", texts(fates, fate -> fate.record().itemId()))
                        .param("sources", texts(fates, fate -> fate.record().sourceId()))
                        .param("ids", texts(fates, fate -> fate.record().id()))
                        .param("states", texts(fates, KeptFate::state))
                        .param("statuses", array("int", fates, KeptFate::status))
                        .param("words", texts(fates, KeptFate::words))
                        .param("outcomes", texts(fates, KeptFate::outcome))
                        .param("repeatsOrdinal", REPEATS_ORDINAL)
                        .param("repeatsRank", WriteOrder.REPEATS)
                        .query(Integer.class)
                        .single()
                == 1;
        if (!held) {
            throw Leases.lost(item.claim());
        }
    }

    /** Rejects what was refused for now for so long; how many are still to be repeated. */
    int endAgain(FhirItem item, Duration retryFor) {
        return of(END_AGAIN, item.claim())
                .param("epoch", item.claim().epoch())
                .param("retryFor", retryFor.toMillis() + " milliseconds")
                .query(Integer.class)
                .single();
    }

    /** Rejects what of the run still waits. */
    void endWaiting(FhirItem item) {
        int held = of(END_WAITING, item.claim())
                .param("epoch", item.claim().epoch())
                .query(Integer.class)
                .single();
        if (held == 0) {
            throw Leases.lost(item.claim());
        }
    }

    Sum sum(ClaimedItem item) {
        return of(SUM, item).query(Sum.class).single();
    }

    Way way(ClaimedItem item) {
        return jdbc.sql(CHECK)
                .param("orgId", item.orgId())
                .param("runId", item.runId())
                .query(Way.class)
                .single();
    }

    void pause(ClaimedItem item, Duration wait) {
        of(PAUSE, item)
                .param("epoch", item.epoch())
                .param("millis", wait.toMillis())
                .update();
    }

    /** A server takes no more than this, each null where it was not the trouble. */
    void learn(ClaimedItem item, Integer entries, Long bytes) {
        of(LEARN, item)
                .param("epoch", item.epoch())
                .param("entries", entries)
                .param("bytes", bytes)
                .update();
    }

    private JdbcClient.StatementSpec of(String statement, ClaimedItem item) {
        return jdbc.sql(statement).param("orgId", item.orgId()).param("itemId", item.id());
    }

    private JdbcClient.StatementSpec limited(String statement, ClaimedItem item, BundleLimits limits) {
        return jdbc.sql(statement)
                .param("orgId", item.orgId())
                .param("entries", limits.entries())
                .param("bytes", limits.bytes());
    }

    private static OutgoingRecord waiting(ResultSet row, int number) throws SQLException {
        return record(
                row,
                row.getString("item_id"),
                row.getInt("rank"),
                row.getString("type"),
                false,
                row.getBoolean("superseded"));
    }

    private static OutgoingRecord record(
            ResultSet row, String itemId, int rank, String type, boolean delete, boolean superseded)
            throws SQLException {
        byte[] content = delete || superseded ? NOTHING : row.getBytes("content");
        return new OutgoingRecord(
                itemId, rank, type, row.getString("source_id"), row.getString("id"), delete, content, superseded);
    }

    private static <T> SqlArrayValue texts(List<T> of, Function<T, String> column) {
        return array("text", of, column);
    }

    private static <T> SqlArrayValue array(String type, List<T> of, Function<T, ?> column) {
        return new SqlArrayValue(type, of.stream().map(column).toArray());
    }
}
