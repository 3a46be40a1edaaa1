package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.caravan.support.net.Permits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.ScheduledPollConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A look for work that fails leaves one line in the log and is tried again; nothing stays held that nobody works on. */
class PollErrorsTest {

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    private Leases leases;

    @BeforeEach
    void prepare() throws Exception {
        DriverManagerDataSource away =
                new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/caravan", "app", "app");
        leases = new Leases(
                new WorkSettings(Duration.ofSeconds(15), Duration.ofSeconds(4), Map.of(Lease.Work.ITEM, 3), 5, 50),
                JdbcClient.create(away),
                new Permits());
        SqlComponent sql = new SqlComponent();
        sql.setDataSource(away);
        sql.setBridgeErrorHandler(true); // as application.yaml says
        camel.addComponent("sql", sql);
        camel.getRegistry().bind("leases", leases);
        camel.getRegistry().bind("polls", new Polls(leases));
        camel.addRoutes(new PollErrors());
        camel.getPropertiesComponent().addInitialProperty("caravan.export.per-destination", "2");
        camel.getPropertiesComponent().addInitialProperty("caravan.export.silence", "1m");
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void end() {
        root.detachAppender(log);
        camel.stop();
    }

    @Test
    void a_database_that_is_away_is_one_line_and_the_next_poll_tries_again() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("sql:classpath:sql/run/claim-items.sql?initialDelay=0&delay=20")
                        .routeId("claim-items")
                        .routeConfigurationId("poll-errors")
                        .to("mock:claimed");
            }
        });
        camel.start();

        ScheduledPollConsumer poll =
                (ScheduledPollConsumer) camel.getRoute("claim-items").getConsumer();

        Awaitility.await("three polls that failed").until(() -> poll.getErrorCounter() >= 3);
        assertThat(warnings()).hasSize(1);
        assertThat(warnings().get(0).getThrowableProxy()).isNull();
        assertThat(warnings().get(0).getFormattedMessage())
                .startsWith("claim-items failed and tries again at its next poll: ")
                .contains("refused")
                .doesNotContain("SELECT", "\n");
        assertThat(camel.getRouteController().getRouteStatus("claim-items")).isEqualTo(ServiceStatus.Started);
    }

    @Test
    void a_claim_that_cannot_be_handed_over_is_given_back() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:claimed")
                        .routeConfigurationId("poll-errors")
                        .bean("leases", "take")
                        .to("seda:full?size=1&waitForTaskToComplete=Never");
            }
        });
        camel.start();
        ProducerTemplate claims = camel.createProducerTemplate();

        claims.sendBody("direct:claimed", item("item_1"));
        assertThat(leases.freeItems()).isEqualTo(2);
        claims.sendBody("direct:claimed", item("item_2"));

        assertThat(leases.freeItems()).isEqualTo(2);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.contains("Queue full"));
    }

    private static ClaimedItem item(String id) {
        return new ClaimedItem(
                "org", id, "run", "dest", "s3", 1, "{}", "file", "Patient", 1, "", "", "", "", 1, 1, "", "", 1, 1);
    }

    private List<ILoggingEvent> warnings() {
        return log.list.stream()
                .filter(e -> e.getLevel().isGreaterOrEqual(Level.WARN))
                .toList();
    }
}
