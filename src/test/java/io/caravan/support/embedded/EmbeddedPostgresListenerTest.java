package io.caravan.support.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.CaravanApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.context.event.ApplicationContextInitializedEvent;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.jdbc.core.JdbcTemplate;

@ExtendWith(OutputCaptureExtension.class)
class EmbeddedPostgresListenerTest {

    @TempDir
    Path directory;

    private final Map<String, Object> settings = new HashMap<>();

    @Test
    void without_a_url_it_starts_a_server_for_the_datasource_and_outlives_it(CapturedOutput output) throws IOException {
        try (AnnotationConfigApplicationContext context = context()) {
            announce(context, CaravanApplication.class);
            context.register(DataSourceAutoConfiguration.class);
            context.refresh();

            var environment = context.getEnvironment();
            assertThat(environment.getProperty("caravan.embedded-postgres", Boolean.class))
                    .isTrue();
            assertThat(environment.getProperty("spring.flyway.user")).isEqualTo("caravan_owner");
            assertThat(new JdbcTemplate(context.getBean(DataSource.class))
                            .queryForObject("SELECT current_user", String.class))
                    .isEqualTo("caravan_app");
            assertThat(output.getAll())
                    .containsOnlyOnce("embedded PostgreSQL")
                    .contains("SPRING_DATASOURCE_URL")
                    .doesNotContain(environment.getRequiredProperty("spring.datasource.password"));
            context.registerBean("lastUser", LastUser.class, () -> new LastUser(context.getBean(DataSource.class)));
            context.getBean(LastUser.class);
        }
        assertThat(LastUser.sawTheServer).isTrue();
        assertThat(Postmaster.in(directory.resolve("data/postgresql"))).isEmpty();
    }

    @Test
    void with_a_url_it_starts_nothing() {
        settings.put("spring.datasource.url", "jdbc:postgresql://db.example/caravan");
        try (AnnotationConfigApplicationContext context = context()) {
            announce(context, CaravanApplication.class);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void other_applications_in_this_process_get_no_server() {
        try (AnnotationConfigApplicationContext context = context()) {
            announce(context, DataSourceAutoConfiguration.class);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void where_it_is_forbidden_the_start_fails_and_says_which_settings_are_missing() {
        settings.put("caravan.embedded-postgres.refuse", "true");
        settings.put("spring.datasource.url", "");
        try (AnnotationConfigApplicationContext context = context()) {
            assertThatThrownBy(() -> announce(context, CaravanApplication.class))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .satisfies(failure -> {
                        FailureAnalysis analysis = new EmbeddedPostgresFailureAnalyzer().analyze(failure);
                        assertThat(analysis.getDescription()).startsWith("No database is configured");
                        assertThat(analysis.getAction()).contains("SPRING_DATASOURCE_URL");
                    });
        }
    }

    @Test
    void spring_boot_finds_it() {
        List<?> listeners = SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationListener.class);
        assertThat(listeners).hasAtLeastOneElementOfType(EmbeddedPostgresListener.class);
    }

    private AnnotationConfigApplicationContext context() {
        settings.put("caravan.data-dir", directory.resolve("data").toString());
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
        return context;
    }

    private static void announce(AnnotationConfigApplicationContext context, Class<?> source) {
        new EmbeddedPostgresListener()
                .onApplicationEvent(
                        new ApplicationContextInitializedEvent(new SpringApplication(source), new String[0], context));
    }

    /** Asks the database while it is being destroyed itself. */
    static final class LastUser implements AutoCloseable {

        private static boolean sawTheServer;
        private final JdbcTemplate jdbc;

        LastUser(DataSource dataSource) {
            this.jdbc = new JdbcTemplate(dataSource);
        }

        @Override
        public void close() {
            sawTheServer = Integer.valueOf(1).equals(jdbc.queryForObject("SELECT 1", Integer.class));
        }
    }
}
