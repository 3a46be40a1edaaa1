package io.caravan.support.net;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Caravan makes outbound HTTP connections.
 *
 * @param connectTimeout for TCP and for TLS each
 * @param responseTimeout the longest silence of a peer while its answer is awaited or read; it bounds no whole exchange
 * @param maxConnectionsPerRoute open at once to one scheme, host and port
 * @param allow hosts, {@code host:port} pairs and CIDR ranges reached whatever {@code caravan.network} says
 * @param proxy an {@code http://host:port} that everything goes through; null for none
 */
@ConfigurationProperties("caravan.http")
public record HttpSettings(
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("120s") Duration responseTimeout,
        @DefaultValue("20") int maxConnectionsPerRoute,
        @DefaultValue List<String> allow,
        URI proxy) {

    public HttpSettings {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("caravan.http.connect-timeout must be positive");
        }
        if (responseTimeout.isNegative() || responseTimeout.isZero()) {
            throw new IllegalArgumentException("caravan.http.response-timeout must be positive");
        }
        if (maxConnectionsPerRoute < 1) {
            throw new IllegalArgumentException("caravan.http.max-connections-per-route must be at least 1");
        }
        allow = List.copyOf(allow);
        AllowList.parse(allow); // so that a malformed one stops the start
        proxy = proxy == null || proxy.toString().isEmpty() ? null : proxy;
        if (proxy != null && (!"http".equals(proxy.getScheme()) || proxy.getHost() == null || proxy.getPort() < 1)) {
            throw new IllegalArgumentException("caravan.http.proxy must look like http://host:port");
        }
    }
}
