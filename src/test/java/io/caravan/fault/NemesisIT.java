package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two nodes pull from a source that changes all the time, and deliver to a store and to a FHIR server, while whatever can
 * break breaks. When all is at rest, both have exactly what the source has, and everything adds up (I1 to I8, I11).
 */
class NemesisIT {

    private static final Logger LOG = LoggerFactory.getLogger(NemesisIT.class);

    private final long seed = Long.getLong("caravan.seed", 20_260_801L);

    @TempDir
    Path folder;

    /** On a slow machine there are fewer kills rather than a longer test. */
    @Test
    void after_a_few_kills_nothing_is_lost_stale_torn_duplicated_or_stuck() throws Exception {
        sail(6, Duration.ofSeconds(40), 10, 400);
    }

    /** How many, and among how many records, can be given: CONTRIBUTING.md says how. */
    @Test
    @Tag("heavy")
    void nor_after_many_among_many_records() throws Exception {
        sail(
                Integer.getInteger("caravan.kills", 25),
                Duration.ofMinutes(Integer.getInteger("caravan.minutes", 60)),
                Integer.getInteger("caravan.resources", 20_000) / 1_000,
                1_000);
    }

    private void sail(int kills, Duration atMost, int patients, int ofEach) throws Exception {
        LOG.info("Seed {}", seed);
        try (Sea sea = new Sea(folder, seed, patients, ofEach - 1)) {
            sea.fleet.start(2);
            sea.open();
            sea.source.change(20);
            Nemesis nemesis = new Nemesis(sea, seed);
            nemesis.kill(kills, atMost);
            nemesis.rest();
            sea.source.rest();
            int retried = comeToRest(sea);

            Checker checker = Checker.of(Evidence.of(sea, nemesis.mayRepeat() * 100));
            Verdict verdict = checker.verdict();
            String done = "seed %d: %s · %d runs · faults %s · moments %s · retried %d"
                    .formatted(seed, verdict, sea.history.runs().size(), nemesis.done(), nemesis.met(), retried);
            LOG.info("{}", done);
            assertThat(verdict.clean()).as("%s %s", done, checker.findings()).isTrue();
            assertThat(verdict.deliveries()).as(done).isGreaterThan(2 * verdict.records());
        }
    }

    /** A last pull of everybody, and what failed for good tried once more; how many runs that were. */
    private int comeToRest(Sea sea) {
        sea.fleet.awaitAll();
        CaravanDriver caravan = sea.fleet.driver();
        sea.awaitRest();
        List<String> pulls = sea.connections.stream().map(caravan::pullNow).toList();
        sea.awaitRest();
        assertThat(pulls)
                .allSatisfy(pull -> assertThat(caravan.pull(pull).path("status").asText())
                        .as("seed %d: %s %s", seed, caravan.pull(pull), caravan.tasks(pull))
                        .isEqualTo("completed"));
        int retried = 0;
        for (JsonNode run : caravan.all("/runs?")) {
            if (run.path("retryable").asBoolean()) {
                LOG.info("Retried: {}", run);
                caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of())
                        .ok();
                retried++;
            }
        }
        sea.awaitRest();
        return retried;
    }
}
