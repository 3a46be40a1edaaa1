package io.caravan.support.embedded;

import io.caravan.support.PrivateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.util.FileSystemUtils;

/**
 * One PostgreSQL under Caravan's data directory. Starting it takes over a server left behind by a killed process on
 * the same directory, and touches nobody else's.
 */
final class EmbeddedPostgres implements AutoCloseable {

    private static final String MAJOR = "17";
    private static final int PORTS_TO_TRY = 5;
    private static final List<String> INITDB = List.of(
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C");
    /** Errors are logged without the row that caused them: it may be a patient's. */
    private static final String SETTINGS = String.join(
            " ",
            "-c fsync=on",
            "-c synchronous_commit=on",
            "-c full_page_writes=on",
            "-c max_connections=100",
            "-c listen_addresses=127.0.0.1",
            "-c unix_socket_directories=",
            "-c log_error_verbosity=terse",
            "-c log_min_error_statement=panic",
            "-c logging_collector=on",
            "-c log_directory=log",
            "-c log_filename=postgresql-%a.log",
            "-c log_truncate_on_rotation=on",
            "-c log_rotation_age=1d");

    private final DirectoryLock lock;
    private final PostgresBinaries binaries;
    private final Path cluster;
    private final Passwords passwords;
    private final ClusterCheck clusterCheck;
    private final int port;
    private final boolean adopted;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedPostgres(DirectoryLock lock, Path home, Path programs) throws IOException, SQLException {
        this.lock = lock;
        this.cluster = home.resolve("postgresql");
        refuseAnotherMajor();
        this.binaries = PostgresBinaries.unpackInto(programs);
        this.passwords = passwords(home.resolve("postgresql-passwords.properties"));
        this.clusterCheck = new ClusterCheck(cluster, passwords);
        Optional<Postmaster> orphan = orphan();
        this.adopted = orphan.isPresent();
        this.port = adopted ? orphan.get().port() : start();
        try {
            DatabaseRoles.prepare(database -> passwords.connect(port, database), passwords);
        } catch (SQLException | IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts it, or takes over the one a killed process left running. */
    static EmbeddedPostgres start(Path dataDirectory) {
        return start(dataDirectory, dataDirectory);
    }

    static EmbeddedPostgres start(Path dataDirectory, Path programs) {
        try {
            Path home = PrivateFiles.directory(dataDirectory).toRealPath();
            DirectoryLock lock = DirectoryLock.take(home);
            try {
                return new EmbeddedPostgres(lock, home, programs.toRealPath());
            } catch (IOException | SQLException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | SQLException e) {
            throw new EmbeddedPostgresException("The embedded PostgreSQL did not start: " + e.getMessage(), e);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DatabaseRoles.DATABASE);
    }

    Passwords passwords() {
        return passwords;
    }

    int port() {
        return port;
    }

    /** Whether it was found running rather than started. */
    boolean adopted() {
        return adopted;
    }

    /** Stops the server, ending its sessions, and lets go of the data directory. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            try (lock) {
                stop();
            }
        }
    }

    private void stop() throws IOException {
        binaries.run("pg_ctl", List.of("stop", "-D", cluster.toString(), "-m", "fast", "-w", "-t", "60"));
    }

    private void refuseAnotherMajor() throws IOException {
        Path version = cluster.resolve("PG_VERSION");
        if (Files.exists(version) && !Files.readString(version).strip().equals(MAJOR)) {
            throw new EmbeddedPostgresException(
                    "The data in %s is PostgreSQL %s's; this Caravan brings %s."
                            .formatted(cluster, Files.readString(version).strip(), MAJOR),
                    "Dump it with the Caravan that made it, or set caravan.data-dir to another directory.");
        }
    }

    private Passwords passwords(Path file) throws IOException {
        if (Files.exists(cluster) && !Files.exists(file)) {
            throw new EmbeddedPostgresException(
                    "The database %s is there, but its passwords are not: %s is missing.".formatted(cluster, file),
                    "Restore that file, or remove the database, or set caravan.data-dir to another directory.");
        }
        return Passwords.readOrMake(file);
    }

    /** A server left behind on our directory that can be used as it is. One that lets nobody in is stopped. */
    private Optional<Postmaster> orphan() throws IOException {
        return switch (clusterCheck.look()) {
            case NO_SERVER -> Optional.empty();
            case OURS -> Postmaster.in(cluster);
            case OURS_BUT_CLOSED -> {
                stop();
                yield Optional.empty();
            }
        };
    }

    private int start() throws IOException, SQLException {
        if (!Files.exists(cluster)) {
            initdb();
        }
        Path output = cluster.resolveSibling("postgresql-start.log");
        for (int attempt = 1; ; attempt++) {
            Files.deleteIfExists(output);
            int candidate = freePort();
            try {
                String options = SETTINGS + " -c port=" + candidate;
                binaries.run(
                        "pg_ctl",
                        List.of(
                                "start",
                                "-D",
                                cluster.toString(),
                                "-w",
                                "-t",
                                "120",
                                "-l",
                                output.toString(),
                                "-o",
                                options));
                clusterCheck.refuseUnlessOurs(Postmaster.in(cluster).orElseThrow());
                return candidate;
            } catch (IOException e) {
                String said = Files.exists(output) ? Files.readString(output) : "";
                if (attempt == PORTS_TO_TRY || !said.contains("could not bind")) {
                    throw new IOException(e.getMessage() + "\n" + said, e);
                }
            }
        }
    }

    /** Made beside its place and renamed, so that an interrupted start leaves no half of a database. */
    private void initdb() throws IOException {
        Path draft = cluster.resolveSibling("postgresql-draft");
        Path password = cluster.resolveSibling("postgresql-draft-password");
        FileSystemUtils.deleteRecursively(draft);
        Files.deleteIfExists(password);
        PrivateFiles.create(password, passwords.superuser() + "\n");
        try {
            var arguments = new ArrayList<>(INITDB);
            arguments.add("--pwfile=" + password);
            arguments.add("--pgdata=" + draft);
            binaries.run("initdb", arguments);
            Files.move(draft, cluster);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }
}
