package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SilentServers;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/**
 * The run of a healthy destination, alone and beside 50 that hang and 50 that refuse connections, in turns, five pairs, medians. Not
 * part of the suite: {@code mvn verify -Dit.test=IsolationBench -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false}; it
 * prints its figures.
 */
@TestPropertySource(
        properties = {
            "caravan.work.poll=250", // as it is delivered
            "caravan.export.item-records=5000",
            "caravan.export.retry-for=10m",
            "caravan.destination.call-timeout=10s" // the hanging ones come and go within a run
        })
class IsolationBench extends FaultScenario {

    private static final int PAIRS = 5;
    private static final int EACH = 50;
    private static final int RESOURCES = 60_000;

    private Untested untested;
    private String healthy;

    @Autowired
    void saveBy(Destinations destinations, DestinationForms forms) {
        untested = new Untested(destinations, forms);
    }

    @Test
    void a_healthy_destination_alone_and_among_a_hundred_others() {
        land();
        healthy = newDestination(s3, "lake", "healthy-" + caravan.org());
        statusIs(caravan.awaitRuns(healthy, 1).get(0), "succeeded");
        try (SilentServers hanging = SilentServers.start(EACH);
                SilentServers.Closed refusing = new SilentServers.Closed(EACH)) {
            for (int n = 0; n < EACH; n++) {
                save("Hanging " + n, hanging.endpoint(n));
                save("Refusing " + n, refusing.endpoint(n));
            }
            enable(false);
            double[] alone = new double[PAIRS];
            double[] among = new double[PAIRS];
            double[] ratio = new double[PAIRS];
            run();
            for (int pair = 0; pair < PAIRS; pair++) {
                alone[pair] = run();
                enable(true);
                Awaitility.await("they are planned, and hang")
                        .atMost(Duration.ofMinutes(5))
                        .until(() -> runs("planned_at IS NULL") == 0 && hanging.inFlight() > 0);
                among[pair] = run();
                enable(false);
                hanging.hangUp();
                awaitEnd();
                ratio[pair] = among[pair] / alone[pair];
            }
            say("alone", alone, "s");
            say("among 50 + 50", among, "s");
            say("ratio of each pair", ratio, "");
            System.out.printf(
                    "%d requests hung, at most %d at once, %d at one%n",
                    hanging.requests(), hanging.mostAtOnce(), hanging.mostAtOnceAtOne());
            assertThat(ratio[PAIRS / 2]).isLessThanOrEqualTo(1.25);
        }
    }

    /** Seconds, from asking for it to its end. */
    private double run() {
        long start = System.nanoTime();
        String id = caravan.post(caravan.path("/destinations/" + healthy + "/runs"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText();
        JsonNode run = caravan.awaitRun(id);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(run.at("/resources/delivered").asInt()).isEqualTo(RESOURCES);
        return seconds;
    }

    /** Sorts the values. */
    private static void say(String what, double[] values, String unit) {
        Arrays.sort(values);
        System.out.printf(
                Locale.ROOT, "%s: %.2f (%.2f–%.2f) %s%n", what, values[PAIRS / 2], values[0], values[PAIRS - 1], unit);
    }

    /** Of a kilobyte each, all of one type. */
    private void land() {
        database.sql("""
                        INSERT INTO resource_record (org_id, type, source_id, id, content, content_hash, bytes)
                        SELECT :org, 'Observation', 'src_bench', 'o' || n, c.content, sha256(c.content::bytea), length(c.content)
                          FROM generate_series(1, :count) n
                         CROSS JOIN LATERAL (
                               SELECT '{"resourceType":"Observation","id":"o' || n || '","note":[{"text":"' || repeat('x', 950)
                                      || '"}]}' AS content) c""").param("org", caravan.org()).param("count", RESOURCES).update();
    }

    private void save(String name, URI endpoint) {
        Map<String, Object> body = new HashMap<>(caravan.bucket(name, s3, "anything", "out"));
        Map<String, Object> settings = new HashMap<>(CaravanDriver.settings(body));
        settings.put("endpoint", endpoint.toString());
        body.put("settings", settings);
        untested.save(caravan.org(), name, body);
    }

    /** The others; their runs begin, or end after what is on its way. */
    private void enable(boolean enabled) {
        caravan.all("/destinations").stream()
                .map(destination -> destination.path("id").asText())
                .filter(id -> !id.equals(healthy))
                .forEach(id -> assertThat(caravan.patch(caravan.path("/destinations/" + id), Map.of("enabled", enabled))
                                .status())
                        .isEqualTo(200));
    }

    private void awaitEnd() {
        Awaitility.await("the end of what was on its way")
                .atMost(Duration.ofSeconds(90))
                .until(() -> runs("true") == 0);
    }

    /** Those that have not ended. */
    private int runs(String which) {
        return database.sql(
                        "SELECT count(*) FROM export_run WHERE org_id = :org AND status IN ('queued', 'running') AND "
                                + which)
                .param("org", caravan.org())
                .query(Integer.class)
                .single();
    }
}
