package io.caravan.store;

import io.caravan.support.SqlFiles;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Notices a database that was dumped and restored into another cluster, whose snapshots would never see what is stored:
 * before the first request and before any route runs, its transaction ids are numbered anew, so that every destination,
 * run and retry still has exactly before it what it had (docs/decisions.md says why). One node does it, in one
 * transaction; others wait.
 */
@Component
class RestoreGuard implements SmartInitializingSingleton {

    /**
     * @param given the first id that this cluster has not given out
     * @param stored the first id that nothing stored knows of
     */
    record Ids(long given, long stored) {

        /** Whether what is stored lies in this cluster's future: nothing that it wrote itself does. */
        boolean ofAnotherCluster() {
            return stored > given;
        }
    }

    /**
     * @param largest the largest number that an id can get
     * @param past the largest that lies in the past of every transaction of this cluster
     */
    record Room(long largest, long past) {

        boolean isEnough() {
            return largest <= past;
        }
    }

    /** How many rows have new numbers. */
    record Renumbered(long records, long pulls, long destinations, long runs) {}

    private static final Logger log = LoggerFactory.getLogger(RestoreGuard.class);
    private static final String COMPARE = SqlFiles.load("store/compare-transactions");
    private static final String COUNT_BORDERS = SqlFiles.load("store/count-borders");
    private static final String RENUMBER = SqlFiles.load("store/renumber-transactions");
    private static final long LOCK = 0x43617261_76616e02L;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    RestoreGuard(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Ids ids = compare();
        if (ids.ofAnotherCluster()) {
            log.warn(
                    "This database was restored from a dump: it knows transaction ids up to {}, and its cluster has given"
                            + " out none from {} on. They are numbered anew before any work begins.",
                    ids.stored() - 1,
                    ids.given());
            makeRoom();
            long since = System.nanoTime();
            say(transaction.execute(status -> renumberUnlessDone()), Duration.ofNanos(System.nanoTime() - since));
        }
    }

    /** Outside of the transaction, which keeps one id however long it lasts. What is used up too much harms nobody. */
    private void makeRoom() {
        Room room = room();
        if (!room.isEnough()) {
            jdbc.sql("CALL spend_transactions(:past)")
                    .param("past", room.largest())
                    .update();
        }
    }

    /** Empty where another node has done it while this one waited. */
    private Optional<Renumbered> renumberUnlessDone() {
        jdbc.sql("SELECT pg_advisory_xact_lock(:lock)::text")
                .param("lock", LOCK)
                .query(String.class)
                .single();
        if (!compare().ofAnotherCluster()) {
            return Optional.empty();
        }
        if (!room().isEnough()) {
            throw new IllegalStateException(
                    "A transaction that is as old as this PostgreSQL cluster is still open, so the"
                            + " restored database cannot be put in order: end it, then start again.");
        }
        return Optional.of(jdbc.sql(RENUMBER).query(Renumbered.class).single());
    }

    private static void say(Optional<Renumbered> done, Duration after) {
        done.ifPresentOrElse(
                rows -> log.warn(
                        "Numbered anew, in {} s: {} records, {} pulls, {} runs and {} destinations. Each destination gets"
                                + " what it had not got when the dump was made, and nothing else.",
                        after.toSeconds(),
                        rows.records(),
                        rows.pulls(),
                        rows.runs(),
                        rows.destinations()),
                () -> log.warn("Another node has numbered them anew."));
    }

    Ids compare() {
        return jdbc.sql(COMPARE).query(Ids.class).single();
    }

    private Room room() {
        return jdbc.sql(COUNT_BORDERS).query(Room.class).single();
    }
}
