package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.HapiServer;
import io.caravan.testing.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Everything that a run of the nemesis is made of: a database, a source, two destinations, nodes. */
final class Sea implements AutoCloseable {

    static final String BUCKET = "lake";
    static final String PREFIX = "sea";

    final History history = new History();
    final StoppablePostgres postgres;
    final ChangingSource source;
    final S3Server store = S3Server.start();
    final HapiServer clinic = HapiServer.start();
    final List<History.Change> written = new ArrayList<>(); // by the clinic, one after the other
    final Fleet fleet;
    final List<String> connections = new ArrayList<>();
    private final long seed;
    private final HikariDataSource pool = new HikariDataSource();
    final JdbcClient database = JdbcClient.create(pool);
    String lake = "";
    String clinicId = "";

    Sea(Path folder, long seed, int patients, int ofEachPatient, String... settings) {
        this.seed = seed;
        store.createBucket(BUCKET);
        clinic.forgetBodies();
        clinic.watch(this::noteWrite);
        source = new ChangingSource(history, seed, patients, ofEachPatient);
        postgres = new StoppablePostgres(folder.resolve("postgresql"));
        pool.setJdbcUrl(postgres.database().url());
        pool.setUsername("postgres"); // who may cut others' connections
        pool.setPassword("postgres");
        pool.setMaximumPoolSize(4);
        pool.setConnectionTimeout(1_000);
        pool.setInitializationFailTimeout(-1);
        fleet = new Fleet(folder.resolve("nodes"), postgres.database(), settings);
    }

    /** In the order of their effect; what a destination's test writes is no record. */
    private void noteWrite(String name, @Nullable Resource resource) {
        if (!name.startsWith("Basic/")) {
            written.add(new History.Change(
                    name,
                    resource == null
                            ? History.DELETED
                            : resource.getMeta().getTagFirstRep().getCode()));
        }
    }

    /** Everybody connected, which queues a pull of each, and both destinations there. */
    void open() {
        CaravanDriver caravan = fleet.driver();
        lake = caravan.newDestination(caravan.bucket("Lake", store, BUCKET, PREFIX))
                .ok()
                .path("id")
                .asText();
        clinicId = caravan.newDestination(caravan.fhirServer("Clinic", clinic.baseUrl(), Map.of()))
                .ok()
                .path("id")
                .asText();
        String registered = caravan.newSource("General", source.simulator().baseUrl())
                .path("id")
                .asText();
        for (String patient : source.simulator().patients()) {
            connections.add(
                    caravan.connect(registered, patient, null).ok().path("id").asText());
        }
    }

    /** Until nothing is queued or under way; what still is, after half an hour, is in the failure. */
    void awaitRest() {
        Awaitility.await("rest, with seed " + seed)
                .atMost(Duration.ofMinutes(30))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .untilAsserted(() -> assertThat(unfinished()).isEmpty());
    }

    /** Pulls, runs, tasks and items that have not ended. */
    List<String> unfinished() {
        return database.sql("""
                        SELECT id || ' is ' || status FROM pull WHERE status IN ('queued', 'running')
                        UNION ALL SELECT id || ' is ' || status FROM export_run WHERE status IN ('queued', 'running')
                        UNION ALL SELECT id || ' is ' || status FROM pull_task WHERE status IN ('pending', 'running')
                        UNION ALL SELECT id || ' is ' || status FROM export_item WHERE status IN ('pending', 'running')""").query(String.class).list();
    }

    long count(String sql) {
        return database.sql(sql).query(Long.class).single();
    }

    @Override
    public void close() throws IOException {
        fleet.close();
        pool.close();
        postgres.close();
        source.close();
        clinic.close();
        store.close();
    }
}
