package io.caravan.run;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.SqlFiles;
import io.caravan.support.net.Permits;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * What this node holds. Claims are extended by a heartbeat while their work goes on in this process; a claim that could
 * not be extended in time is lost, and its next outbound request is refused, whoever makes it. Time is measured on the
 * monotonic clock from before the claim was sent, so that a node that was frozen never believes it still holds one.
 */
@Component("leases")
public class Leases {

    private record Key(Lease.Work work, String id, int epoch) {}

    private static final Map<Lease.Work, String> EXTEND = Map.of(
            Lease.Work.PULL, SqlFiles.load("run/extend-pulls"),
            Lease.Work.TASK, SqlFiles.load("run/extend-tasks"),
            Lease.Work.RUN, SqlFiles.load("run/extend-runs"),
            Lease.Work.ITEM, SqlFiles.load("run/extend-items"));

    private static final Map<Lease.Work, String> GIVE_BACK = Map.of(
            Lease.Work.PULL, SqlFiles.load("run/give-back-pulls"),
            Lease.Work.TASK, SqlFiles.load("run/give-back-tasks"),
            Lease.Work.RUN, SqlFiles.load("run/give-back-runs"),
            Lease.Work.ITEM, SqlFiles.load("run/give-back-items"));

    private final WorkSettings settings;
    private final JdbcClient jdbc;
    private final Permits permits;
    private final String node;
    private final Map<Key, Long> heldUntil = new ConcurrentHashMap<>();
    private final Map<Lease.Work, Long> claimedAt = new ConcurrentHashMap<>();
    private final Set<Key> givenBack = ConcurrentHashMap.newKeySet();
    private volatile boolean behind;

    Leases(WorkSettings settings, JdbcClient jdbc, Permits permits) {
        this.settings = settings;
        this.jdbc = jdbc;
        this.permits = permits;
        this.node = ManagementFactory.getRuntimeMXBean().getName() + "-" + Long.toHexString(System.nanoTime());
    }

    /** This process: its name is new at each start, so that what an earlier one held is taken over, not shared. */
    public String node() {
        return node;
    }

    /** The lease as PostgreSQL reads an interval. */
    public String lease() {
        return settings.lease().toMillis() + " milliseconds";
    }

    public int takeovers() {
        return settings.takeovers();
    }

    /** How many of this node's items may be for destinations of which nothing says that they answer. */
    public int itemsInDoubt() {
        return settings.itemsInDoubt();
    }

    public int freePulls() {
        return free(Lease.Work.PULL);
    }

    public int freeTasks() {
        return free(Lease.Work.TASK);
    }

    public int freeRuns() {
        return free(Lease.Work.RUN);
    }

    public int freeItems() {
        return free(Lease.Work.ITEM);
    }

    /**
     * Slots without work. Called as a claim is sent: the leases it grants count from here. Where the last heartbeat found no
     * database, there is one first: a node that takes over its own work would count as one that died over it.
     */
    private int free(Lease.Work work) {
        if (behind) {
            heartbeat();
        }
        claimedAt.put(work, System.nanoTime());
        long held = heldUntil.keySet().stream().filter(k -> k.work() == work).count();
        return (int) Math.max(0, settings.slots(work) - held);
    }

    /** A row that was just claimed is held from now on. */
    public void take(Lease lease) {
        long since = claimedAt.getOrDefault(lease.work(), System.nanoTime());
        heldUntil.put(key(lease), since + settings.lease().toNanos());
    }

    /** The work has ended, one way or another. */
    public void release(Lease lease) {
        permits.end();
        heldUntil.remove(key(lease));
    }

    /** The work has ended because the database was away: the next heartbeat that finds it there says that nobody is at it. */
    public void giveBack(Lease lease) {
        givenBack.add(key(lease));
    }

    /**
     * Called before a request. From here on it is asked again before each one that this thread sends until it gives the
     * claim back: clients make requests of their own.
     *
     * @throws CaravanException {@code lease_lost} where another node may have taken the work over
     */
    public void check(Lease lease) {
        permits.require(() -> checkOnce(lease));
        checkOnce(lease);
    }

    /** The same for work that moves from thread to thread: it is asked for this once. */
    public void checkOnce(Lease lease) {
        Long until = heldUntil.get(key(lease));
        if (until == null || System.nanoTime() - until >= 0) {
            throw lost(lease);
        }
    }

    /** What a write throws that found the row at another epoch. */
    public static CaravanException lost(Lease lease) {
        return new CaravanException(
                ErrorCode.LEASE_LOST, "Another node has taken over %s; nothing was written.".formatted(lease.id()));
    }

    /**
     * Extends everything that is held and still ours, and gives back what the database's absence ended: also what is held,
     * where the database was away for longer than a lease.
     */
    public void heartbeat() {
        try {
            for (Lease.Work work : Lease.Work.values()) {
                List<Key> lost = extend(work, of(work, heldUntil.keySet()));
                List<Key> ended = of(work, givenBack);
                giveBack(
                        work,
                        behind ? Stream.concat(ended.stream(), lost.stream()).toList() : ended);
                ended.forEach(givenBack::remove);
            }
            behind = false;
        } catch (DataAccessException e) {
            behind = true;
            throw e;
        }
    }

    private static List<Key> of(Lease.Work work, Set<Key> keys) {
        return keys.stream().filter(k -> k.work() == work).toList();
    }

    /** Those that were not extended. */
    private List<Key> extend(Lease.Work work, List<Key> held) {
        if (held.isEmpty()) {
            return held;
        }
        long since = System.nanoTime();
        List<Key> extended = statement(EXTEND.get(work), held)
                .param("lease", lease())
                .query((row, n) -> new Key(work, row.getString("id"), row.getInt("epoch")))
                .list();
        extended.forEach(k -> heldUntil.computeIfPresent(
                k, (same, until) -> since + settings.lease().toNanos()));
        return held.stream().filter(k -> !extended.contains(k)).toList();
    }

    private void giveBack(Lease.Work work, List<Key> keys) {
        if (!keys.isEmpty()) {
            statement(GIVE_BACK.get(work), keys).update();
        }
    }

    private JdbcClient.StatementSpec statement(String sql, List<Key> keys) {
        return jdbc.sql(sql)
                .param(
                        "ids",
                        new SqlArrayValue("text", keys.stream().map(Key::id).toArray()))
                .param(
                        "epochs",
                        new SqlArrayValue("int", keys.stream().map(Key::epoch).toArray()));
    }

    private static Key key(Lease lease) {
        return new Key(lease.work(), lease.id(), lease.epoch());
    }
}
