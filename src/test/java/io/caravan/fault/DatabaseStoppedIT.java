package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanDriver.Answer;
import io.caravan.testing.CaravanProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** PostgreSQL stops as in a crash while pages land and files leave: when it is back, so is the work (I7, I11). */
class DatabaseStoppedIT {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseStoppedIT.class);

    /** Those of production. */
    private static final String[] LEASES = {
        "--caravan.work.lease=15s", "--caravan.work.heartbeat=4s", "--caravan.work.takeovers=5"
    };

    /** The same, but that it takes less time to notice that the database is away. */
    private static final String[] IMPATIENT = {
        LEASES[0], LEASES[1], LEASES[2], "--spring.datasource.hikari.connection-timeout=1000"
    };

    private static final int RECORDS = 10;

    private static final String PROGRESS = "SELECT (SELECT coalesce(sum(pages), 0) FROM pull_task)"
            + " + (SELECT count(*) FROM export_item WHERE status = 'delivered')";

    @TempDir
    Path folder;

    @Test
    void work_goes_on_within_ten_seconds_of_its_return_and_no_run_and_no_pull_fails_for_it() throws Exception {
        try (Sea sea = new Sea(folder, 5, 8, 499, LEASES)) {
            sea.fleet.start(1);
            sea.open();
            stopsWhile(sea, "SELECT count(*) FROM pull_task WHERE status = 'running' AND kind = 'search'");
            stopsWhile(sea, "SELECT count(*) FROM export_item WHERE status = 'running'");
            sea.awaitRest();

            nothingFailed(sea);
            Checker checker = Checker.of(Evidence.of(sea, 2 * 2 * 100));
            assertThat(checker.verdict().clean())
                    .as("%s %s", checker.verdict(), checker.findings())
                    .isTrue();
        }
    }

    @Test
    void what_is_interrupted_more_often_than_nodes_may_die_over_it_is_delivered_and_whoever_asks_meanwhile_is_told()
            throws Exception {
        try (Sea sea = new Sea(folder, 6, 1, RECORDS - 1, IMPATIENT)) {
            sea.fleet.start(1);
            sea.open();
            sea.awaitRest();
            CaravanDriver caravan = sea.fleet.driver();
            String runs = caravan.path("/runs");
            sea.store.hold();
            String run = caravan.post(caravan.path("/destinations/" + sea.lake + "/runs"), Map.of("mode", "full"))
                    .ok()
                    .path("id")
                    .asText();
            for (int i = 0; i < 6; i++) {
                interrupt(sea);
                if (i == 0) {
                    saysSo(caravan, runs);
                }
                sea.store.hold();
                sea.postgres.start();
            }
            sea.store.release();
            String ended = "SELECT count(*) FROM export_run WHERE status NOT IN ('queued', 'running') AND id = '%s'";
            Awaitility.await("the run has ended")
                    .atMost(Duration.ofSeconds(120))
                    .ignoreExceptionsInstanceOf(DataAccessException.class)
                    .until(() -> sea.count(ended.formatted(run)) == 1);
            sea.awaitRest();

            assertThat(sea.count("SELECT max(epoch) FROM export_item WHERE run_id = '%s'".formatted(run)))
                    .as("of one item")
                    .isGreaterThan(6);
            nothingFailed(sea);
            // Once to each destination, and once more by the full run.
            assertThat(Checker.of(Evidence.of(sea, 0)).verdict())
                    .isEqualTo(new Verdict(RECORDS, 3 * RECORDS, 0, 0, 0, 0, RECORDS, 0, 0));
        }
    }

    /** The database goes while files are on the wire; they arrive, and nobody can be told. */
    private static void interrupt(Sea sea) {
        Awaitility.await("an upload").atMost(Duration.ofSeconds(120)).until(() -> sea.store.held() > 0);
        CaravanProcess node = sea.fleet.await(0);
        int logged = node.log().length();
        sea.postgres.stop();
        sea.store.release();
        Awaitility.await("the node has given it back")
                .atMost(Duration.ofSeconds(120))
                .until(() -> node.log().substring(logged).contains("is given back"));
    }

    private static void saysSo(CaravanDriver caravan, String runs) {
        Answer refused = caravan.get(runs);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().path("code").asText()).isEqualTo("database_unavailable");
        assertThat(refused.headers()).containsEntry("retry-after", List.of("5")).containsKey("x-request-id");
        CaravanDriver nobody = caravan.with(null);
        assertThat(nobody.get("/actuator/health").status()).isEqualTo(503);
        assertThat(nobody.get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    private static void stopsWhile(Sea sea, String underWay) {
        Awaitility.await(underWay)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> sea.count(underWay) > 0);
        int logged = sea.fleet.await(0).log().length();
        sea.postgres.stop();
        Awaitility.await("the node has noticed")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sea.fleet.await(0).log().substring(logged).contains("tries again at its next poll"));
        sea.postgres.start();
        long before = Awaitility.await("PostgreSQL answers")
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(() -> sea.count(PROGRESS), progress -> true);
        long back = System.nanoTime();
        Awaitility.await("work goes on")
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> sea.count(PROGRESS) > before);
        LOG.info(
                "Work went on after {} ms",
                Duration.ofNanos(System.nanoTime() - back).toMillis());
    }

    private static void nothingFailed(Sea sea) {
        assertThat(states(sea, "pull")).containsOnly("completed");
        assertThat(states(sea, "export_run")).containsOnly("succeeded");
    }

    private static List<String> states(Sea sea, String table) {
        return sea.database
                .sql("SELECT DISTINCT status FROM " + table)
                .query(String.class)
                .list();
    }
}
