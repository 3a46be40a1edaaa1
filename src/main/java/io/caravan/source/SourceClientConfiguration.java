package io.caravan.source;

import io.caravan.support.net.BoundedHttp;
import io.caravan.support.payload.Payloads;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one client towards sources. */
@Configuration(proxyBeanMethods = false)
class SourceClientConfiguration {

    @Bean
    SourceClient sourceClient(BoundedHttp http, Payloads payloads, SourceSettings settings) {
        return new SourceClient(http, payloads, settings, Clock.systemUTC());
    }
}
