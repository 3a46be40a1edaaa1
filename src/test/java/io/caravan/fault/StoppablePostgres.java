package io.caravan.fault;

import io.caravan.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL that a test can stop as if its machine had lost power over its processes. What was committed is on disk
 * before the client hears of it, as in production; only the machine itself may not die ({@code fsync} is off).
 */
final class StoppablePostgres implements AutoCloseable {

    private final EmbeddedPostgres server;
    private final Path cluster;
    private final Path output;
    private final TestDatabase database;

    StoppablePostgres(Path folder) {
        cluster = folder.resolve("cluster");
        output = folder.resolve("postgresql.log");
        try {
            Files.createDirectories(folder);
            server = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(
                            Path.of("target/test-postgresql").toAbsolutePath().toFile())
                    .setDataDirectory(cluster)
                    .setLocaleConfig("locale-provider", "builtin")
                    .setLocaleConfig("builtin-locale", "C.UTF-8")
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "off")
                    .setServerConfig("max_connections", "150")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                    .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                    .setPGStartupWait(Duration.ofSeconds(120))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        database = TestDatabase.createOn(server);
    }

    TestDatabase database() {
        return database;
    }

    /** {@code pg_ctl stop -m immediate}: no transaction gets to its end, and no client hears why. */
    void stop() {
        control("stop", "-m", "immediate");
    }

    /** With the options it had; back when it takes connections again. */
    void start() {
        control("restart", "-l", output.toString());
    }

    private void control(String what, String... arguments) {
        List<String> command = new ArrayList<>(LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of());
        command.add(program().toString());
        command.addAll(List.of(what, "-D", cluster.toString(), "-w", "-t", "120"));
        command.addAll(List.of(arguments));
        try {
            // Not a pipe: the server would inherit it, and it would not end with pg_ctl.
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            output.resolveSibling("pg_ctl.log").toFile()))
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "pg_ctl %s ended with %d, see %s".formatted(what, process.exitValue(), output.getParent()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Beside the server, whose command line is the first line of this file. */
    private Path program() {
        try {
            String server = Files.readString(cluster.resolve("postmaster.opts")).split(" ", 2)[0];
            return Path.of(server).resolveSibling("pg_ctl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
