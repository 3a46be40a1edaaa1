package io.caravan.source;

import io.caravan.support.net.GuardedHttpClients;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one client towards sources, and the clock that ends exchanges which take too long. */
@Configuration(proxyBeanMethods = false)
class SourceClientConfiguration {

    @Bean
    CloseableHttpClient sourceHttpClient(GuardedHttpClients clients) {
        return clients.create();
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService sourceDeadlines() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "source-deadlines");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Bean
    SourceClient sourceClient(
            CloseableHttpClient sourceHttpClient, SourceSettings settings, ScheduledExecutorService sourceDeadlines) {
        return new SourceClient(sourceHttpClient, settings, sourceDeadlines, Clock.systemUTC());
    }
}
