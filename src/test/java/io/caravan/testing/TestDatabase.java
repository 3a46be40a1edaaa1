package io.caravan.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A database of its own on the one PostgreSQL of this test JVM, with Caravan's two roles. The server starts with the first database, keeps its files under target/ and goes with the JVM.
 */
public record TestDatabase(
        String name, String url, String ownerUser, String ownerPassword, String appUser, String appPassword) {

    private static final String TEMPLATE = "caravan_template";
    private static final String MIGRATED = "caravan_migrated";
    private static EmbeddedPostgres server;
    private static boolean migrated;

    /** An empty database, on which no migration has run: a copy, so it takes a fraction of a second. */
    public static TestDatabase create() {
        return copyOf(TEMPLATE);
    }

    /** A database with Caravan's tables, migrated once and copied, for tests that start no application. */
    public static synchronized TestDatabase migrated() {
        if (!migrated) {
            Schema.migrate(named(MIGRATED, TEMPLATE));
            migrated = true;
        }
        return copyOf(MIGRATED);
    }

    private static TestDatabase copyOf(String template) {
        return named("test_" + UUID.randomUUID().toString().replace("-", ""), template);
    }

    private static synchronized TestDatabase named(String name, String template) {
        try {
            return copy(server(), name, template);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An empty database on a server that the test starts, and stops, itself. */
    public static TestDatabase createOn(EmbeddedPostgres own) {
        try {
            prepareTemplate(own);
            return copy(own, "caravan", TEMPLATE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestDatabase copy(EmbeddedPostgres running, String name, String template) throws SQLException {
        execute(running, "postgres", "CREATE DATABASE %s OWNER caravan_owner TEMPLATE %s".formatted(name, template));
        execute(
                running,
                "postgres",
                "REVOKE ALL ON DATABASE %1$s FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE %1$s TO caravan_app"
                        .formatted(name));
        return new TestDatabase(name, url(running, name), "caravan_owner", "owner", "caravan_app", "app");
    }

    /** A fresh database and data directory for a Spring context, from a {@code @DynamicPropertySource} method. */
    public static TestDatabase register(DynamicPropertyRegistry registry) {
        TestDatabase database = create();
        registry.add("spring.datasource.url", database::url);
        registry.add("spring.datasource.username", database::appUser);
        registry.add("spring.datasource.password", database::appPassword);
        registry.add("spring.flyway.url", database::url);
        registry.add("spring.flyway.user", database::ownerUser);
        registry.add("spring.flyway.password", database::ownerPassword);
        registry.add("caravan.data-dir", () -> "target/test-data/" + database.name());
        // Quartz knows a scheduler by its name in the whole process: closing this context would take it from the
        // others.
        registry.add("spring.quartz.properties.org.quartz.scheduler.instanceName", database::name);
        return database;
    }

    /** Without a pool: every connection is a new one. For migrations and for what a test prepares. */
    public DataSource asOwner() {
        return new DriverManagerDataSource(url, ownerUser, ownerPassword);
    }

    /** Without a pool, as the application's own role. */
    public DataSource asApp() {
        return new DriverManagerDataSource(url, appUser, appPassword);
    }

    /** As the application's own role, over a pool as the application has one; whoever asks closes it. */
    public HikariDataSource pooled() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setUsername(appUser);
        pool.setPassword(appPassword);
        pool.setMinimumIdle(0);
        pool.setMaximumPoolSize(20);
        pool.setConnectionInitSql("SET plan_cache_mode = force_custom_plan");
        return pool;
    }

    /** Drops it, ending its sessions. Seldom needed: all of them go with the JVM. */
    public void drop() {
        try {
            execute(server(), "postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the server keeps everything, of all databases; what it had in memory has been written there. */
    public static Path filesOnDisk() {
        try (Connection connection = DriverManager.getConnection(url(server(), "postgres"), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
            try (ResultSet row = statement.executeQuery("SHOW data_directory")) {
                row.next();
                return Path.of(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static synchronized EmbeddedPostgres server() throws SQLException {
        if (server == null) {
            EmbeddedPostgres started = start();
            prepareTemplate(started);
            server = started;
        }
        return server;
    }

    /** Nothing here outlives the JVM, so nothing need reach the disk. */
    private static EmbeddedPostgres start() {
        File target = Path.of("target").toAbsolutePath().toFile();
        try {
            return EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(new File(target, "test-postgresql"))
                    .setDataDirectory(new File(target, "test-postgresql-data/" + UUID.randomUUID()))
                    .setCleanDataDirectory(true)
                    .setLocaleConfig("locale-provider", "builtin")
                    .setLocaleConfig("builtin-locale", "C.UTF-8")
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("full_page_writes", "off")
                    .setServerConfig("max_connections", "300")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                    .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void prepareTemplate(EmbeddedPostgres started) throws SQLException {
        execute(started, "postgres", "CREATE ROLE caravan_owner LOGIN PASSWORD 'owner'");
        execute(started, "postgres", "CREATE ROLE caravan_app LOGIN PASSWORD 'app'");
        execute(started, "postgres", "CREATE DATABASE %s OWNER caravan_owner TEMPLATE template0".formatted(TEMPLATE));
        try {
            execute(
                    started,
                    TEMPLATE,
                    new ClassPathResource("db/grants.sql").getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(EmbeddedPostgres on, String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(on, database), "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String url(EmbeddedPostgres on, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(on.getPort(), database);
    }
}
