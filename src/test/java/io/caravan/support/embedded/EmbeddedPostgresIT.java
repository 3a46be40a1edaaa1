package io.caravan.support.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class EmbeddedPostgresIT {

    private static final Path PROGRAMS = Path.of("target/postgresql-programs");

    @TempDir
    Path data;

    @BeforeAll
    static void a_place_for_the_programs() throws IOException {
        Files.createDirectories(PROGRAMS);
    }

    @Test
    void what_was_written_before_a_stop_is_there_after_the_next_start() throws IOException {
        try (EmbeddedPostgres first = start()) {
            owner(first).execute("CREATE TABLE note (text text)");
            app(first).update("INSERT INTO note VALUES ('kept')");
        }
        try (EmbeddedPostgres second = start()) {
            assertThat(second.adopted()).isFalse();
            assertThat(app(second).queryForObject("SELECT text FROM note", String.class))
                    .isEqualTo("kept");
        }
    }

    @Test
    void it_is_durable_local_and_open_to_nobody_without_a_password() throws IOException {
        try (EmbeddedPostgres postgres = start()) {
            JdbcTemplate app = app(postgres);
            assertThat(setting(app, "fsync")).isEqualTo("on");
            assertThat(setting(app, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(app, "max_connections")).isEqualTo("100");
            assertThat(setting(app, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(setting(app, "log_error_verbosity")).isEqualTo("terse");
            assertThat(app.queryForObject("SELECT 'Z' < 'a'", Boolean.class)).isTrue();
            assertThatThrownBy(() -> as(postgres, "postgres", "postgres").execute("SELECT 1"))
                    .hasRootCauseMessage("FATAL: password authentication failed for user \"postgres\"");
            assertThat(Files.getPosixFilePermissions(data.resolve("postgresql-passwords.properties")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void the_application_is_no_superuser_and_owns_nothing() throws IOException {
        try (EmbeddedPostgres postgres = start()) {
            owner(postgres).execute("CREATE TABLE note (text text)");
            JdbcTemplate app = app(postgres);

            assertThat(app.queryForObject(
                            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles"
                                    + " WHERE rolname = current_user",
                            Boolean.class))
                    .isFalse();
            assertThat(app.queryForObject(
                            "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid ="
                                    + " (SELECT oid FROM pg_roles WHERE rolname = current_user)",
                            Integer.class))
                    .isZero();
            assertThatThrownBy(() -> app.execute("DROP TABLE note")).rootCause().hasMessageContaining("must be owner");
            assertThatThrownBy(() -> app.execute("CREATE TABLE mine (id int)"))
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void a_second_caravan_on_the_directory_is_told_who_has_it() throws IOException {
        try (EmbeddedPostgres first = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessage(
                            "another Caravan (pid %d) uses data directory %s",
                            ProcessHandle.current().pid(), data.toRealPath());
            assertThat(app(first).queryForObject("SELECT 1", Integer.class)).isOne();
        }
    }

    @Test
    void a_server_that_a_killed_process_left_behind_is_taken_over_with_its_data() throws Exception {
        Process caravan = abandon();
        Postmaster left = Postmaster.in(data.resolve("postgresql")).orElseThrow();
        assertThatThrownBy(this::start).hasMessageContaining("another Caravan (pid %d)".formatted(caravan.pid()));
        caravan.destroyForcibly();
        assertThat(caravan.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(left.alive()).isTrue();

        try (EmbeddedPostgres postgres = start()) {
            assertThat(postgres.adopted()).isTrue();
            assertThat(postgres.port()).isEqualTo(left.port());
            assertThat(app(postgres).queryForObject("SELECT text FROM note", String.class))
                    .isEqualTo("written before the kill");
        }
        assertThat(Postmaster.in(data.resolve("postgresql"))).isEmpty();
    }

    @Test
    void a_server_left_behind_that_lets_nobody_in_is_stopped_and_started() throws Exception {
        abandon().destroyForcibly().waitFor();
        Path passwords = data.resolve("postgresql-passwords.properties");
        Path access = data.resolve("postgresql/pg_hba.conf");
        String rules = Files.readString(access);
        Files.writeString(access, "host all all 127.0.0.1/32 reject\n");
        reload();
        Passwords superuser = Passwords.readOrMake(passwords);
        int port = Postmaster.in(data.resolve("postgresql")).orElseThrow().port();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThatThrownBy(() -> superuser.connect(port, "postgres"))
                        .hasMessageContaining("pg_hba.conf rejects"));
        Files.writeString(access, rules); // read by the next start, not by the server that runs

        try (EmbeddedPostgres postgres = start()) {
            assertThat(postgres.adopted()).isFalse();
            assertThat(app(postgres).queryForObject("SELECT text FROM note", String.class))
                    .isEqualTo("written before the kill");
        }
    }

    @Test
    void the_server_of_another_directory_is_neither_used_nor_stopped(@TempDir Path copy) throws IOException {
        try (EmbeddedPostgres theirs = start()) {
            Files.createDirectories(copy.resolve("postgresql"));
            for (String file :
                    Set.of("postgresql/PG_VERSION", "postgresql/postmaster.pid", "postgresql-passwords.properties")) {
                Files.copy(data.resolve(file), copy.resolve(file));
            }

            assertThatThrownBy(() -> EmbeddedPostgres.start(copy, PROGRAMS))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("is not ours: it runs on " + data.toRealPath());
            assertThat(app(theirs).queryForObject("SELECT 1", Integer.class)).isOne();
        }
    }

    @Test
    void a_pid_file_whose_pid_went_to_another_program_is_no_obstacle() throws IOException {
        start().close();
        Files.writeString(
                data.resolve("postgresql/postmaster.pid"),
                "%d\n%s\n1700000000\n5432\n\n127.0.0.1\n"
                        .formatted(ProcessHandle.current().pid(), data.resolve("postgresql")));

        try (EmbeddedPostgres postgres = start()) {
            assertThat(app(postgres).queryForObject("SELECT 1", Integer.class)).isOne();
        }
    }

    @Test
    void a_database_without_its_passwords_is_not_replaced() throws IOException {
        Files.createDirectories(data.resolve("postgresql"));

        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("postgresql-passwords.properties is missing");
    }

    @Test
    void the_data_of_another_major_version_is_not_touched() throws IOException {
        Files.createDirectories(data.resolve("postgresql"));
        Files.writeString(data.resolve("postgresql/PG_VERSION"), "16\n");

        assertThatThrownBy(this::start).hasMessageContaining("is PostgreSQL 16's; this Caravan brings 17");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(data, PROGRAMS);
    }

    private Process abandon() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process caravan = new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        AbandonedPostgres.class.getName(),
                        data.toString(),
                        PROGRAMS.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = caravan.inputReader();
        for (String line = output.readLine(); !AbandonedPostgres.READY.equals(line); line = output.readLine()) {
            assertThat(line).as("the child ended early").isNotNull();
        }
        return caravan;
    }

    private void reload() throws IOException {
        PostgresBinaries.unpackInto(PROGRAMS.toRealPath())
                .run(
                        "pg_ctl",
                        List.of(
                                "reload",
                                "-D",
                                data.toRealPath().resolve("postgresql").toString()));
    }

    private static String setting(JdbcTemplate jdbc, String name) {
        return jdbc.queryForObject("SELECT current_setting(?)", String.class, name);
    }

    private static JdbcTemplate owner(EmbeddedPostgres postgres) {
        return as(postgres, "caravan_owner", postgres.passwords().owner());
    }

    private static JdbcTemplate app(EmbeddedPostgres postgres) {
        return as(postgres, "caravan_app", postgres.passwords().app());
    }

    private static JdbcTemplate as(EmbeddedPostgres postgres, String user, String password) {
        return new JdbcTemplate(new DriverManagerDataSource(postgres.url(), user, password));
    }
}
