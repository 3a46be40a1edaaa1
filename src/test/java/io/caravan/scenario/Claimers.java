package io.caravan.scenario;

import io.caravan.run.Lease;
import io.caravan.testing.Flow;
import io.caravan.testing.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Four nodes that claim at the same moment, round after round, until a round gives nothing: each on a connection of its
 * own. All hold what they claimed until it has been looked at.
 */
final class Claimers<T extends Lease> {

    private static final int NODES = 4;

    private final TestDatabase database;
    private final Flow flow;
    private final Function<Flow, List<T>> claim;
    private final BiConsumer<Flow, T> finish;
    private final Consumer<List<T>> look;
    private final Queue<T> round = new ConcurrentLinkedQueue<>();
    private final List<T> claimed = new ArrayList<>();
    private final CyclicBarrier start = new CyclicBarrier(NODES);
    private final CyclicBarrier held = new CyclicBarrier(NODES, this::lookAtRound);
    private final CyclicBarrier ended = new CyclicBarrier(NODES);
    private volatile boolean over;

    /**
     * @param look sees what all nodes claimed in a round, while they hold it
     * @param finish what a node does with each of its own
     */
    Claimers(
            TestDatabase database,
            Flow flow,
            Function<Flow, List<T>> claim,
            Consumer<List<T>> look,
            BiConsumer<Flow, T> finish) {
        this.database = database;
        this.flow = flow;
        this.claim = claim;
        this.look = look;
        this.finish = finish;
    }

    /** Everything that was claimed, in order. */
    List<T> run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<Future<Void>> nodes = new ArrayList<>();
            for (int n = 0; n < NODES; n++) {
                nodes.add(threads.submit(this::node));
            }
            for (Future<Void> node : nodes) {
                node.get(60, TimeUnit.SECONDS);
            }
            return claimed;
        } finally {
            threads.shutdownNow();
        }
    }

    private Void node() throws Exception {
        try (Connection connection = database.asApp().getConnection()) {
            Flow own = flow.over(new SingleConnectionDataSource(connection, true));
            while (!over) {
                start.await(30, TimeUnit.SECONDS);
                List<T> mine = claim.apply(own);
                round.addAll(mine);
                held.await(30, TimeUnit.SECONDS);
                mine.forEach(lease -> finish.accept(own, lease));
                ended.await(30, TimeUnit.SECONDS);
            }
        }
        return null;
    }

    private void lookAtRound() {
        List<T> seen = List.copyOf(round);
        round.clear();
        claimed.addAll(seen);
        over = seen.isEmpty();
        look.accept(seen);
    }
}
