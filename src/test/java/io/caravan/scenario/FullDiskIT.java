package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The disk on which files lie on their way out is full, and then it is not (I5, I13). Linux only: it is mounted for the node. */
class FullDiskIT {

    private static final int MEGABYTES = 2;

    @TempDir
    Path dataDir;

    @BeforeAll
    static void mayMount() throws Exception {
        Process tried = new ProcessBuilder("sh", "-c", "unshare --map-root-user --mount mount -t tmpfs tmpfs /mnt")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assumeTrue(tried.waitFor() == 0, "a user may mount in a namespace of their own");
    }

    @Test
    void a_full_disk_sends_nothing_by_halves_and_fails_nothing_that_room_does_not_mend() throws Exception {
        TestDatabase database = TestDatabase.create();
        JdbcClient rows = JdbcClient.create(database.asOwner());
        try (S3Server store = S3Server.start();
                SourceSimulator source = FaultScenario.smallSource();
                CaravanProcess node = CaravanProcess.startOnSmallDisk(dataDir, MEGABYTES, on(database))) {
            store.createBucket("lake");
            CaravanDriver caravan = node.driver();
            String lake = caravan.newDestination(caravan.bucket("Lake", store, "lake", "out"))
                    .ok()
                    .path("id")
                    .asText();
            caravan.awaitRuns(lake, 1);
            Path filler = fill(node.seen(dataDir.resolve("spool")));
            String registered =
                    caravan.newSource("General", source.baseUrl()).path("id").asText();
            caravan.connect(registered, FaultScenario.PATIENT, null).ok();
            Awaitility.await("tried twice")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> rows.sql("SELECT coalesce(max(attempts), 0) FROM export_item")
                                    .query(Integer.class)
                                    .single()
                            >= 2);
            assertThat(node.log()).contains("No space left on device");
            assertThat(store.keys("lake", "out/run_")).isEmpty();

            Files.delete(filler);

            JsonNode run = caravan.awaitRun(caravan.runs(lake).get(0).path("id").asText());
            assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("succeeded");
            assertThat(delivered(store))
                    .containsExactlyInAnyOrderElementsOf(rows.sql("SELECT content FROM resource_record")
                            .query(String.class)
                            .list())
                    .hasSize(16);
            assertThat(files(node.seen(dataDir.resolve("spool")))).isEmpty();
        }
    }

    private static List<String> on(TestDatabase database) {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.appUser(),
                "--spring.datasource.password=" + database.appPassword(),
                "--spring.flyway.url=" + database.url(),
                "--spring.flyway.user=" + database.ownerUser(),
                "--spring.flyway.password=" + database.ownerPassword());
    }

    /** Until not a byte more goes on it. */
    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i <= MEGABYTES << 20; i += 1 << 12) {
                out.write(new byte[1 << 12]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return filler;
        }
        throw new AssertionError("It is not a small disk");
    }

    private static List<String> delivered(S3Server store) {
        return store.keys("lake", "out/run_").stream()
                .filter(key -> key.endsWith(".ndjson"))
                .flatMap(key -> new String(store.bytes("lake", key), StandardCharsets.UTF_8).lines())
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).toList();
        }
    }
}
