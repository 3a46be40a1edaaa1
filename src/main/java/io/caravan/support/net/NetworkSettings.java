package io.caravan.support.net;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The setting {@code caravan.network}.
 *
 * @param network {@code self-hosted} or {@code shared}
 */
@ConfigurationProperties("caravan")
record NetworkSettings(@DefaultValue("self-hosted") NetworkMode network) {}
