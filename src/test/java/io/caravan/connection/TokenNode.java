package io.caravan.connection;

import com.zaxxer.hikari.HikariDataSource;
import io.caravan.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;

/** As much of a Caravan node as tokens need: its beans and its own pool of connections, on a database that nodes share. */
final class TokenNode implements AutoCloseable {

    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class,
        TransactionAutoConfiguration.class
    })
    @ComponentScan({"io.caravan.connection", "io.caravan.support"})
    @ConfigurationPropertiesScan({"io.caravan.connection", "io.caravan.support"})
    static class Beans {}

    private final ConfigurableApplicationContext context;

    private TokenNode(List<String> settings) {
        context = new SpringApplicationBuilder(Beans.class)
                .web(WebApplicationType.NONE)
                .run(settings.toArray(String[]::new));
    }

    static TokenNode start(TestDatabase database, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.appUser(),
                "--spring.datasource.password=" + database.appPassword(),
                "--caravan.http.allow=127.0.0.1",
                "--caravan.data-dir=target/test-data/" + database.name()));
        all.addAll(List.of(settings));
        return new TokenNode(all);
    }

    AccessTokens tokens() {
        return context.getBean(AccessTokens.class);
    }

    Connections connections() {
        return context.getBean(Connections.class);
    }

    TokenRows rows() {
        return context.getBean(TokenRows.class);
    }

    /** Connections to the database that are in use at this moment. */
    int connectionsInUse() {
        return context.getBean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections();
    }

    @Override
    public void close() {
        context.close();
    }
}
