package io.caravan.fault;

import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** Nodes on one database. One that ends is started anew, as whatever runs them in production would. */
final class Fleet implements AutoCloseable {

    static final Duration LEASE = Duration.ofSeconds(5);

    private final Path folder;
    private final List<String> arguments;
    private final List<CompletableFuture<CaravanProcess>> nodes = new ArrayList<>();
    private final ExecutorService starters = Executors.newCachedThreadPool();
    private volatile boolean closing;

    Fleet(Path folder, TestDatabase database, String... more) {
        this.folder = folder;
        this.arguments = new ArrayList<>(usual(database));
        for (String own : more) {
            arguments.removeIf(usual -> name(usual).equals(name(own)));
            arguments.add(own);
        }
    }

    /** Spring would take a setting that is given twice for a list. */
    private static String name(String argument) {
        return argument.substring(0, argument.indexOf('='));
    }

    private static List<String> usual(TestDatabase database) {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.appUser(),
                "--spring.datasource.password=" + database.appPassword(),
                "--spring.flyway.url=" + database.url(),
                "--spring.flyway.user=" + database.ownerUser(),
                "--spring.flyway.password=" + database.ownerPassword(),
                "--caravan.work.lease=" + LEASE.toMillis() + "ms",
                "--caravan.work.heartbeat=1s",
                // Six nodes in a row die over the same item here, and none of them by its fault.
                "--caravan.work.takeovers=1000",
                "--caravan.pull.first-wait=100ms",
                "--caravan.pull.longest-wait=5s");
    }

    /** The first one prepares the database and the keys alone. */
    Fleet start(int size) {
        nodes.add(starting());
        nodes.get(0).join();
        for (int i = 1; i < size; i++) {
            nodes.add(starting());
        }
        return this;
    }

    private CompletableFuture<CaravanProcess> starting() {
        return CompletableFuture.supplyAsync(this::startWhatever, starters);
    }

    /** A node whose database is away as it starts ends, and is started again. */
    private CaravanProcess startWhatever() {
        for (int attempt = 1; ; attempt++) {
            try {
                return CaravanProcess.start(folder, arguments.toArray(String[]::new));
            } catch (ConditionTimeoutException | TerminalFailureException e) {
                if (closing || attempt == 10) {
                    throw e;
                }
            }
        }
    }

    int size() {
        return nodes.size();
    }

    Optional<CaravanProcess> up(int node) {
        CompletableFuture<CaravanProcess> started = nodes.get(node);
        return started.isDone() ? Optional.of(started.join()) : Optional.empty();
    }

    /** Those that have started. */
    List<Integer> up() {
        return IntStream.range(0, size())
                .filter(node -> up(node).isPresent())
                .boxed()
                .toList();
    }

    /** {@code kill -9}; another one is on its way at once. */
    void kill(int node) {
        up(node).orElseThrow().kill();
        nodes.set(node, starting());
    }

    CaravanProcess await(int node) {
        return nodes.get(node).join();
    }

    void awaitAll() {
        nodes.forEach(CompletableFuture::join);
    }

    /** Of some node that has started; waits where there is none. */
    CaravanDriver driver() {
        return Awaitility.await("a node")
                .atMost(Duration.ofMinutes(5))
                .until(() -> up().stream().findFirst(), Optional::isPresent)
                .map(node -> await(node).driver())
                .orElseThrow();
    }

    @Override
    public void close() {
        closing = true;
        nodes.forEach(node -> node.thenAccept(CaravanProcess::kill).join());
        starters.shutdownNow();
    }
}
