package io.caravan.support.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationContextInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Starts the embedded PostgreSQL where no {@code spring.datasource.url} is set, and sets it. It comes after every
 * property source (those of tests included) and the logging system, and before the first bean, so that the server is
 * the last thing to be stopped.
 */
final class EmbeddedPostgresListener implements ApplicationListener<ApplicationContextInitializedEvent> {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgresListener.class);

    @Override
    public void onApplicationEvent(ApplicationContextInitializedEvent event) {
        ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
        if (!isCaravan(event.getSpringApplication())
                || StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
            return;
        }
        if (environment.getProperty("caravan.embedded-postgres.refuse", Boolean.class, false)) {
            throw EmbeddedPostgresException.refused();
        }
        Path directory = Path.of(environment.getProperty("caravan.data-dir", "./data"));
        EmbeddedPostgres postgres = EmbeddedPostgres.start(directory);
        stopWith(event.getApplicationContext(), postgres);
        environment.getPropertySources().addFirst(properties(postgres));
        log.info(
                "{} an embedded PostgreSQL in {} (port {}): it is for trying Caravan out; to use another, set"
                        + " spring.datasource.url (SPRING_DATASOURCE_URL)",
                postgres.adopted() ? "Took over" : "Started",
                directory.normalize(),
                postgres.port());
    }

    /** Other Spring Boot applications may run in this process: the servers tests talk to. */
    private static boolean isCaravan(SpringApplication application) {
        return application.getAllSources().stream()
                .anyMatch(source -> source instanceof Class<?> type
                        && type.getPackageName().equals("io.caravan")
                        && AnnotatedElementUtils.hasAnnotation(type, SpringBootApplication.class));
    }

    /** Registered before any bean, so destroyed after all; the shutdown handler is for a start that fails earlier. */
    private static void stopWith(ConfigurableApplicationContext context, EmbeddedPostgres postgres) {
        Runnable stop = new Runnable() {
            @Override
            public void run() {
                try {
                    postgres.close();
                } catch (IOException e) {
                    log.warn("The embedded PostgreSQL did not stop; the next start takes it over", e);
                }
            }
        };
        SpringApplication.getShutdownHandlers().add(stop);
        DefaultSingletonBeanRegistry beans = (DefaultSingletonBeanRegistry) context.getBeanFactory();
        beans.registerDisposableBean("embeddedPostgres", () -> {
            stop.run();
            forget(stop);
        });
    }

    private static void forget(Runnable stop) {
        try {
            SpringApplication.getShutdownHandlers().remove(stop);
        } catch (IllegalStateException e) {
            log.trace("Shutting down: the handlers are running already", e);
        }
    }

    private static MapPropertySource properties(EmbeddedPostgres postgres) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("caravan.embedded-postgres", true);
        properties.put("spring.datasource.url", postgres.url());
        properties.put("spring.datasource.username", DatabaseRoles.APP);
        properties.put("spring.datasource.password", postgres.passwords().app());
        properties.put("spring.flyway.url", postgres.url());
        properties.put("spring.flyway.user", DatabaseRoles.OWNER);
        properties.put("spring.flyway.password", postgres.passwords().owner());
        return new MapPropertySource("embeddedPostgres", properties);
    }
}
