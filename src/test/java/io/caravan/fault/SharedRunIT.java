package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.CaravanProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes deliver one run; then one of them freezes past its lease, and then each of them is killed (I3, I7, I8). */
class SharedRunIT {

    @TempDir
    Path folder;

    private SharedRun shared;

    @BeforeEach
    void start() {
        shared = new SharedRun(folder);
    }

    @AfterEach
    void stop() throws Exception {
        shared.close();
    }

    @Test
    void both_nodes_deliver_none_twice_and_one_that_was_frozen_or_killed_does_no_harm() {
        sharesTheItems();
        wakesUpBehindItsLease();
        goesOnWithout(0, () -> shared.sea.fleet.kill(0));
        shared.sea.fleet.awaitAll();
        goesOnWithout(1, () -> shared.sea.fleet.await(1).kill()); // and nobody starts it again
        shared.isRight();
    }

    private void sharesTheItems() {
        String run = shared.startAndHold();
        shared.sea.store.release();
        shared.awaitSuccess(0, run);

        assertThat(List.of(0, 1))
                .allSatisfy(node -> assertThat(shared.items(run, "delivered", shared.sea.fleet.await(node)))
                        .isGreaterThanOrEqualTo(5));
        assertThat(shared.storedAgain()).isEmpty();
    }

    private void wakesUpBehindItsLease() {
        String run = shared.startAndHold();
        CaravanProcess frozen = shared.sea.fleet.await(0);
        Set<String> held = shared.itemsHeldBy(run, frozen);
        frozen.freeze();
        try {
            shared.sea.store.release();
            shared.awaitSuccess(1, run);
            List<String> rows = shared.rows(run);
            Set<String> onTheWire = shared.keys(held);
            assertThat(onTheWire).isNotEmpty();
            assertThat(shared.items(run, "delivered", frozen)).isZero();
            shared.sea.store.forgetRequests();

            frozen.thaw();

            // The bodies of what was on the wire when it froze, each once: they can land late, and are there already.
            Awaitility.await("it answers, writes nothing and asks for nothing")
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> {
                        assertThat(shared.statusAt(0, run)).isEqualTo("succeeded");
                        assertThat(shared.sea.store.requests()).allMatch(r -> r.isPut() && onTheWire.contains(r.key()));
                        assertThat(shared.sea.store.requests()).hasSizeLessThanOrEqualTo(onTheWire.size());
                        assertThat(shared.rows(run)).isEqualTo(rows);
                    });
        } finally {
            frozen.thaw();
        }
    }

    private void goesOnWithout(int victim, Runnable kill) {
        String run = shared.startAndHold();
        long held = shared.items(run, "running", shared.sea.fleet.await(victim));
        kill.run();
        shared.sea.store.release();
        shared.awaitSuccess(1 - victim, run);

        assertThat(shared.storedAgain().size()).isLessThanOrEqualTo((int) held);
    }
}
