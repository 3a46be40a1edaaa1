package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.run.ClaimedItem;
import io.caravan.run.ClaimedRun;
import io.caravan.run.Run;
import io.caravan.testing.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records come, change, go, are withheld, erased, purged and come back while runs go on, fail, are cancelled and retried, in any order:
 * whoever takes each run that has a manifest as it comes, data and deletions, has in the end what the store has, no more
 * and no less (I1, I4), and the counts of each run add up.
 */
class DeparturesIT extends FlowCase {

    private static final int RECORDS = 12;
    private static final int STEPS = 250;

    private final Map<String, String> reader = new TreeMap<>();
    private final Map<String, List<String>> delivered = new HashMap<>();
    private Random random;
    private String destination;
    private int version;
    private int purged;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void who_takes_every_run_has_what_the_store_has(long seed) {
        random = new Random(seed);
        destination = flow.newDestination();
        for (int step = 0; step < STEPS; step++) {
            act(random.nextInt(17));
        }
        drain();

        assertThat(flow.runs(destination, "partial"))
                .as("the seed is worth something")
                .isNotEmpty();
        assertThat(purged + flow.purge()).as("the seed is worth something").isPositive();
        assertThat(tombstonesOfTheErased()).isZero();
        assertThat(reader).as("seed %d", seed).isEqualTo(store()).isNotEmpty();
    }

    private void act(int what) {
        switch (what) {
            case 0, 1 -> flow.land("v" + version++, some());
            case 2, 3 -> flow.delete(some());
            case 4 -> request(random.nextInt(4) == 0 ? "full" : "delta");
            case 5, 6, 7 -> work(random.nextInt(3) > 0);
            case 8 -> settle();
            case 9 -> retry();
            case 10 -> cancel(random.nextInt(3) == 0);
            case 11 -> flow.withhold();
            case 12 -> flow.giveBack();
            case 13 -> flow.erase(some());
            case 14, 15 -> purged += flow.purge();
            default -> work(true);
        }
    }

    private List<String> some() {
        return names(RECORDS).stream()
                .filter(name -> random.nextInt(4) == 0)
                .collect(Collectors.collectingAndThen(
                        Collectors.toList(), picked -> picked.isEmpty() ? List.of("o0000") : picked));
    }

    private void request(String mode) {
        if (mode.equals("full") || flow.runs(destination, "queued").isEmpty()) {
            flow.queueRun(destination, mode);
        }
        flow.claimRuns(50).forEach(this::plan);
    }

    private void plan(ClaimedRun run) {
        if (run.step().equals("plan")) {
            flow.plan(run, new Flow.Cut(2, 64 << 20));
        } else {
            settle(run);
        }
    }

    /** One item is delivered, or fails. */
    private void work(boolean well) {
        for (ClaimedItem item : flow.claimItems(1)) {
            List<String> found = item.kind().equals("manifest") ? List.of() : flow.read(item);
            if (!item.kind().equals("manifest")) {
                assertThat(item.selected() - found.size())
                        .as("missing in %s", item)
                        .isBetween(0, flow.changedSince(item));
            }
            if (!well) {
                flow.failed(item);
            } else if (item.kind().equals("manifest")) {
                flow.delivered(item, 0);
                read(delivered.getOrDefault(item.runId(), List.of()));
            } else {
                flow.delivered(item, found.size());
                delivered
                        .computeIfAbsent(item.runId(), run -> new ArrayList<>())
                        .addAll(found);
            }
        }
    }

    /** A run that has its manifest: nothing is both delivered and deleted in it, so the order does not matter. */
    private void read(List<String> lines) {
        Set<String> once = new HashSet<>();
        for (String line : lines) {
            boolean deletion = line.startsWith("Observation/");
            String key = deletion
                    ? line.substring("Observation/".length())
                    : Flow.version(line).key();
            assertThat(once.add(key)).as("%s twice in a run", key).isTrue();
            if (deletion) {
                reader.remove(key);
            } else {
                reader.put(key, Flow.version(line).version());
            }
        }
    }

    private void settle() {
        flow.claimRuns(50).forEach(this::plan);
    }

    private void settle(ClaimedRun run) {
        flow.settle(run);
        Run ended = flow.run(run.id());
        Run.Resources counts = ended.resources();
        if (!ended.status().equals("cancelled")) {
            assertThat(counts.delivered() + counts.superseded() + counts.failed())
                    .as(ended.toString())
                    .isEqualTo(counts.selected());
        }
    }

    private void retry() {
        runs().stream().filter(run -> flow.run(run).retryable()).findAny().flatMap(flow::retry);
        settle();
    }

    private void cancel(boolean really) {
        Optional<String> running = flow.runs(destination, "running").stream().findFirst();
        if (really && running.isPresent()) {
            flow.cancel(running.get());
        }
    }

    /** Ends what goes on, retries all that failed, and covers what is left. */
    private void drain() {
        for (boolean open = true;
                open;
                open = !flow.runs(destination, "running").isEmpty() || retried()) {
            settle();
            work(true);
        }
        flow.giveBack();
        request("delta");
        while (!flow.runs(destination, "running").isEmpty()
                || !flow.runs(destination, "queued").isEmpty()) {
            work(true);
            settle();
        }
    }

    private boolean retried() {
        boolean any = runs().stream().anyMatch(run -> flow.run(run).retryable());
        retry();
        return any || !flow.runs(destination, "queued").isEmpty();
    }

    private List<String> runs() {
        List<String> ended = new ArrayList<>(flow.runs(destination, "partial"));
        ended.addAll(flow.runs(destination, "failed"));
        return ended;
    }

    private int tombstonesOfTheErased() {
        return flow.jdbc()
                .sql("SELECT count(*)::int FROM resource_record WHERE erased_by IS NOT NULL")
                .query(Integer.class)
                .single();
    }

    private Map<String, String> store() {
        return flow.store().stream()
                .collect(Collectors.toMap(Flow.Version::key, Flow.Version::version, (a, b) -> a, TreeMap::new));
    }
}
