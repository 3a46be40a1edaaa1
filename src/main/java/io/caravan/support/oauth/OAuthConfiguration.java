package io.caravan.support.oauth;

import io.caravan.support.net.BoundedHttp;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one client towards token endpoints. */
@Configuration(proxyBeanMethods = false)
class OAuthConfiguration {

    @Bean
    OAuthClient oauthClient(BoundedHttp http, OAuthSettings settings) {
        return new OAuthClient(http, settings, Clock.systemUTC());
    }
}
