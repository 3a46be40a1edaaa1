package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.S3Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Two nodes, a small source that rests, and a run of everything in files of fifty, at which both nodes work. */
final class SharedRun implements AutoCloseable {

    static final int RECORDS = 3 * 601;

    private static final String[] SETTINGS = {
        "--caravan.export.item-records=50",
        "--caravan.export.per-destination=4", // so that neither node has them all:
        "--caravan.export.silence=1h", // and begins with as many as the run before ended with
        "--caravan.work.slots.item=2"
    };

    final Sea sea;
    private int runs;

    SharedRun(Path folder) {
        sea = new Sea(folder, 3, 3, 600, SETTINGS);
        sea.fleet.start(2).awaitAll();
        sea.open();
        sea.awaitRest();
    }

    CaravanDriver caravan(int node) {
        return sea.fleet.await(node).driver();
    }

    /** A run of which each node holds at least one upload on the wire. */
    String startAndHold() {
        runs++;
        sea.store.forgetRequests();
        CaravanDriver caravan = caravan(0);
        sea.store.hold();
        String run = caravan.post(caravan.path("/destinations/" + sea.lake + "/runs"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText();
        Awaitility.await("both nodes are at it")
                .atMost(Duration.ofSeconds(60))
                .until(() -> sea.store.held() == 4 && nodesAt(run) == 2);
        return run;
    }

    private long nodesAt(String run) {
        return sea.database
                .sql("SELECT count(DISTINCT node) FROM export_item WHERE status = 'running' AND run_id = :run")
                .param("run", run)
                .query(Long.class)
                .single();
    }

    /** Items of the run that the node delivered or holds. */
    long items(String run, String status, CaravanProcess node) {
        return sea.database
                .sql("SELECT count(*) FROM export_item WHERE run_id = :run AND status = :status AND node LIKE :node")
                .param("run", run)
                .param("status", status)
                .param("node", node.pid() + "@%")
                .query(Long.class)
                .single();
    }

    Set<String> itemsHeldBy(String run, CaravanProcess node) {
        return sea.database
                .sql("SELECT id FROM export_item WHERE run_id = :run AND status = 'running' AND node LIKE :node")
                .param("run", run)
                .param("node", node.pid() + "@%")
                .query(String.class)
                .set();
    }

    /** Where the objects of these items lie, once they are delivered. */
    Set<String> keys(Set<String> items) {
        return sea.database
                .sql("SELECT object_key FROM export_item WHERE id IN (:items)")
                .param("items", items)
                .query(String.class)
                .set();
    }

    /** Every row that tells of the run, as it is. */
    List<String> rows(String run) {
        return sea.database.sql("""
                        SELECT i::text FROM export_item i WHERE run_id = :run
                        UNION ALL SELECT r::text FROM export_run r WHERE id = :run
                        UNION ALL SELECT d::text FROM destination d ORDER BY 1""").param("run", run).query(String.class).list();
    }

    String statusAt(int node, String run) {
        return caravan(node).run(run).path("status").asText();
    }

    void awaitSuccess(int node, String run) {
        assertThat(caravan(node).awaitRun(run).path("status").asText()).isEqualTo("succeeded");
    }

    /** Objects that were stored more than once, each with how often. */
    Map<String, Long> storedAgain() {
        Map<String, Long> times = sea.store.requests(r -> r.isPut() && r.status() == 200).stream()
                .collect(Collectors.groupingBy(S3Request::key, Collectors.counting()));
        times.values().removeIf(n -> n == 1);
        return times;
    }

    /** What is there is what the source has: once for the first run of each, and once more for each full one. */
    void isRight() {
        Verdict verdict = Checker.of(Evidence.of(sea, 0)).verdict();
        assertThat(verdict).isEqualTo(new Verdict(RECORDS, RECORDS * (2 + runs), 0, 0, 0, 0, RECORDS * runs, 0, 0));
    }

    @Override
    public void close() throws IOException {
        sea.close();
    }
}
