package io.caravan.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.organization.Accounts;
import io.caravan.organization.ApiKeys;
import io.caravan.organization.Organizations;
import io.caravan.organization.Role;
import io.caravan.support.secret.Secret;
import io.caravan.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class FirstStartTest {

    private final TestDatabase database = TestDatabase.create();
    private final JdbcClient jdbc = JdbcClient.create(database.asApp());

    @TempDir
    private Path data;

    @BeforeEach
    void migrate() {
        Flyway.configure()
                .dataSource(database.asOwner())
                .placeholders(Map.of("app_role", database.appUser()))
                .load()
                .migrate();
    }

    @Test
    void makes_an_organization_and_an_operator_whose_secrets_are_in_private_files_and_not_in_the_log(
            CapturedOutput output) throws IOException {
        start(data, null, null);

        String key = Files.readString(data.resolve("operator-key")).strip();
        String password = Files.readString(data.resolve("operator-password")).strip();
        assertThat(jdbc.sql("SELECT name FROM organization").query(String.class).list())
                .containsExactly("default");
        assertThat(valid(key)).isTrue();
        assertThat(new BCryptPasswordEncoder().matches(password, passwordHash()))
                .isTrue();
        for (String file : List.of("operator-key", "operator-password")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(file))))
                    .isEqualTo("rw-------");
        }
        assertThat(output).contains("operator-key").doesNotContain(key).doesNotContain(password);
    }

    @Test
    void a_second_start_changes_nothing_and_given_secrets_replace_what_is_stored() throws IOException {
        start(data, null, null);
        String made = Files.readString(data.resolve("operator-key")).strip();
        String hash = passwordHash();
        start(data, null, null);
        assertThat(Files.readString(data.resolve("operator-key")).strip()).isEqualTo(made);
        assertThat(valid(made)).isTrue();
        assertThat(passwordHash()).isEqualTo(hash);

        start(data, "given-password", "given-key");
        assertThat(valid("given-key")).isTrue();
        assertThat(valid(made)).isFalse();
        assertThat(new BCryptPasswordEncoder().matches("given-password", passwordHash()))
                .isTrue();
        assertThat(jdbc.sql("SELECT count(*) FROM api_key").query(Integer.class).single())
                .isEqualTo(1);
    }

    @Test
    void two_nodes_that_start_at_once_make_one_of_each() {
        CompletableFuture.allOf(Stream.of("a", "b", "c")
                        .map(node -> CompletableFuture.runAsync(() -> start(data.resolve(node), null, null)))
                        .toArray(CompletableFuture[]::new))
                .join();

        assertThat(jdbc.sql("SELECT count(*) FROM organization")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        assertThat(jdbc.sql("SELECT count(*) FROM api_key").query(Integer.class).single())
                .isEqualTo(1);
        assertThat(Stream.of("a", "b", "c")
                        .filter(node -> Files.exists(data.resolve(node).resolve("operator-key"))))
                .hasSize(1);
    }

    private void start(Path directory, String password, String key) {
        try (AnnotationConfigApplicationContext node = new AnnotationConfigApplicationContext()) {
            DataSource dataSource = database.asApp();
            node.registerBean(JdbcClient.class, () -> JdbcClient.create(dataSource));
            node.registerBean(
                    TransactionOperations.class, () -> new TransactionTemplate(new JdbcTransactionManager(dataSource)));
            node.registerBean(
                    FirstStartSettings.class,
                    () -> new FirstStartSettings(directory, new FirstStartSettings.Operator(password, key)));
            node.register(Organizations.class, Accounts.class, ApiKeys.class, FirstStart.class);
            node.refresh();
        }
    }

    private boolean valid(String key) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(JdbcClient.class, () -> jdbc);
            context.register(ApiKeys.class);
            context.refresh();
            return context.getBean(ApiKeys.class)
                    .authenticate(Secret.of(key))
                    .filter(caller -> caller.role() == Role.OPERATOR && caller.orgId() == null)
                    .isPresent();
        }
    }

    private String passwordHash() {
        return jdbc.sql("SELECT password_hash FROM account WHERE name = 'operator'")
                .query(String.class)
                .single();
    }
}
