package io.caravan.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the image holds and runs, without a container: the layers of the built jar, put together, and the entry point. */
class ImageIT {

    private static final String JAVA = ProcessHandle.current().info().command().orElse("java");

    @TempDir
    static Path directory;

    private static Path home;

    @BeforeAll
    static void extractLayers() throws Exception {
        Path jar = directory.resolve("caravan.jar");
        Files.copy(builtJar(), jar);
        Process extracting = start(
                directory,
                Map.of(),
                JAVA,
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--layers",
                "--destination",
                "layers");
        assertThat(extracting.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve("layers")).isDirectoryContaining("glob:**/dependencies");

        home = Files.createDirectory(directory.resolve("home"));
        for (String layer : List.of("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")) {
            overlay(directory.resolve("layers").resolve(layer));
        }
    }

    @Test
    void without_a_database_it_refuses_to_start_and_says_what_to_set() throws Exception {
        Process caravan = start(home, Map.of("CARAVAN_EMBEDDED_POSTGRES_REFUSE", "true"), JAVA, "-jar", "caravan.jar");

        assertThat(caravan.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(caravan.exitValue()).isNotZero();
        assertThat(output())
                .contains("No database is configured", "Set SPRING_DATASOURCE_URL")
                .doesNotContain("\tat ");
        assertThat(home.resolve("data")).doesNotExist();
    }

    @Test
    void with_a_database_it_starts() throws Exception {
        TestDatabase database = TestDatabase.create();
        Process caravan = start(
                home,
                Map.of(
                        "CARAVAN_EMBEDDED_POSTGRES_REFUSE", "true",
                        "CARAVAN_DATA_DIR", directory.resolve("data").toString(),
                        "SERVER_PORT", "0",
                        "SPRING_DATASOURCE_URL", database.url(),
                        "SPRING_DATASOURCE_USERNAME", database.appUser(),
                        "SPRING_DATASOURCE_PASSWORD", database.appPassword(),
                        "SPRING_FLYWAY_URL", database.url(),
                        "SPRING_FLYWAY_USER", database.ownerUser(),
                        "SPRING_FLYWAY_PASSWORD", database.ownerPassword()),
                JAVA,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                "caravan.jar");
        try {
            Awaitility.await("start from the layers")
                    .atMost(Duration.ofSeconds(90))
                    .failFast("it ended", () -> !caravan.isAlive())
                    .until(() -> output().contains("Started CaravanApplication"));
        } finally {
            caravan.destroy();
            assertThat(caravan.waitFor(60, TimeUnit.SECONDS)).isTrue();
            database.drop();
        }
    }

    private static Path builtJar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("caravan-.*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("No jar in target: this runs after package"));
        }
    }

    /** As a COPY of the Dockerfile. */
    private static void overlay(Path layer) throws IOException {
        try (Stream<Path> files = Files.walk(layer)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = home.resolve(layer.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.move(file, to);
            }
        }
    }

    private static Process start(Path in, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log());
        builder.environment().keySet().removeIf(name -> name.startsWith("SPRING_") || name.startsWith("CARAVAN_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String output() {
        try {
            return Files.readString(log().toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static File log() {
        return directory.resolve("output.log").toFile();
    }
}
