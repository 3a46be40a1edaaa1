package io.caravan.support.oauth;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Requests to token endpoints: {@code caravan.oauth.*}.
 *
 * @param exchangeLimit how long one request may take from connecting to its last byte
 */
@ConfigurationProperties("caravan.oauth")
public record OAuthSettings(@DefaultValue("30s") Duration exchangeLimit) {

    public OAuthSettings {
        if (exchangeLimit.isNegative() || exchangeLimit.isZero()) {
            throw new IllegalArgumentException("caravan.oauth.exchange-limit must be positive");
        }
    }
}
