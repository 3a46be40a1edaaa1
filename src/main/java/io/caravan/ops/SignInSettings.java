package io.caravan.ops;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a sign-in may fail.
 *
 * @param maxFailures of one name from one address before further attempts are refused
 * @param window how long they count
 */
@ConfigurationProperties("caravan.sign-in")
record SignInSettings(
        @DefaultValue("5") int maxFailures,
        @DefaultValue("15m") Duration window) {}
