package io.caravan.testing;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A cluster of its own of the machine's PostgreSQL, which has what the tests' embedded one has not: {@code pg_dump} and
 * {@code pg_restore}. {@code .ci/run} installs it. Its transaction ids begin where a new cluster's do.
 */
public final class InstalledPostgres implements AutoCloseable {

    private static final List<String> PROGRAMS = List.of("initdb", "pg_ctl", "pg_dump", "pg_restore");
    private static final Optional<Path> BIN = newestComplete();
    private static final int PORTS_TO_TRY = 5;

    private final Path data;
    private final int port;

    private InstalledPostgres(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** Why there can be none on this machine; null where there can. */
    public static String missing() {
        return BIN.isPresent()
                ? null
                : "No PostgreSQL with %s is installed (CARAVAN_POSTGRES); .ci/run installs it, as README.md says"
                        .formatted(String.join(", ", PROGRAMS));
    }

    private static Optional<Path> newestComplete() {
        Path all = Path.of("/usr/lib/postgresql");
        try (Stream<Path> versions = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
            Stream<Path> named =
                    Stream.ofNullable(System.getenv("CARAVAN_POSTGRES")).map(Path::of);
            return Stream.concat(
                            named,
                            versions.sorted(Comparator.comparing(InstalledPostgres::major)
                                            .reversed())
                                    .map(version -> version.resolve("bin")))
                    .filter(bin -> PROGRAMS.stream().allMatch(program -> Files.isExecutable(bin.resolve(program))))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int major(Path version) {
        String name = version.getFileName().toString();
        return name.matches("\\d{1,4}") ? Integer.parseInt(name) : 0;
    }

    /** A new cluster in this folder, with Caravan's two roles and no database yet. */
    public static InstalledPostgres start(Path folder) {
        Path data = folder.resolve("cluster");
        asServer("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            try {
                String options = "-c port=%d -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
                        .formatted(port);
                Path log = folder.resolve("postgresql-%d.log".formatted(attempt));
                asServer(
                        "pg_ctl",
                        "start",
                        "-D",
                        data.toString(),
                        "-w",
                        "-t",
                        "60",
                        "-l",
                        log.toString(),
                        "-o",
                        options);
                return new InstalledPostgres(data, port).withRoles();
            } catch (IllegalStateException e) {
                if (attempt == PORTS_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private InstalledPostgres withRoles() {
        JdbcTemplate postgres = new JdbcTemplate(superuser("postgres"));
        postgres.execute("CREATE ROLE caravan_owner LOGIN PASSWORD 'owner'");
        postgres.execute("CREATE ROLE caravan_app LOGIN PASSWORD 'app'");
        return this;
    }

    /** An empty database with the grants that Caravan needs. */
    public TestDatabase create(String name) {
        new JdbcTemplate(superuser("postgres"))
                .execute("CREATE DATABASE %s OWNER caravan_owner TEMPLATE template0".formatted(name));
        try {
            new JdbcTemplate(superuser(name))
                    .execute(new ClassPathResource("db/grants.sql").getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TestDatabase(name, url(name), "caravan_owner", "owner", "caravan_app", "app");
    }

    /** As operating.md says. */
    public void dump(TestDatabase database, Path file) {
        run(
                List.of(),
                "pg_dump",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-Fc",
                "-f",
                file.toString(),
                database.name());
    }

    /** A database of this name with what the dump has. */
    public TestDatabase restore(Path dump, String name) {
        TestDatabase database = create(name);
        run(
                List.of(),
                "pg_restore",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                "postgres",
                "--exit-on-error",
                "--single-transaction",
                "-d",
                name,
                dump.toString());
        return database;
    }

    /** The cluster gives out so many transaction ids to nobody. */
    public void spend(int transactions) {
        new JdbcTemplate(superuser("postgres")).execute("""
                DO $$
                BEGIN
                    FOR i IN 1..%d LOOP
                        PERFORM pg_current_xact_id();
                        ROLLBACK;
                    END LOOP;
                END
                $$""".formatted(transactions));
    }

    public DataSource superuser(String database) {
        return new DriverManagerDataSource(url(database), "postgres", "postgres");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    @Override
    public void close() {
        asServer("pg_ctl", "stop", "-D", data.toString(), "-m", "immediate", "-w", "-t", "60");
    }

    private static void asServer(String program, String... arguments) {
        // PostgreSQL does not run as root; a user namespace of its own makes root look like nobody to it.
        run(LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of(), program, arguments);
    }

    private static void run(List<String> before, String program, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(BIN.orElseThrow().resolve(program).toString());
        command.addAll(List.of(arguments));
        try {
            Path said = Files.createTempFile("caravan-postgres", ".log"); // a server started here keeps a pipe open
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            int code = builder.start().waitFor();
            String words = Files.readString(said);
            Files.delete(said);
            if (code != 0) {
                throw new IllegalStateException("%s ended with %d: %s".formatted(program, code, words));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
