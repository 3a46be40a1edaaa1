package io.caravan.support.net;

import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Apache HttpClient 5 as Caravan uses it: guarded, without redirects, cookies, cached logins and retries of its own
 * (each of them is the caller's decision), decompressing, with time-outs.
 */
@Component
public final class GuardedHttpClients {

    private static final int ROUTES_AT_ONCE = 10;

    private final NetworkGuard guard;
    private final HttpSettings settings;
    private final Trust trust;
    private final Permits permits;
    private final DnsResolver system;

    @Autowired
    GuardedHttpClients(NetworkGuard guard, HttpSettings settings, Trust trust, Permits permits) {
        this(guard, settings, trust, permits, SystemResolver.INSTANCE);
    }

    /** What the settings name, under this guard, outside of Spring: servers are trusted by the JVM's authorities alone. */
    public GuardedHttpClients(NetworkGuard guard, HttpSettings settings) {
        this(guard, settings, new Permits());
    }

    /** The same, with what threads have to be allowed. */
    public GuardedHttpClients(NetworkGuard guard, HttpSettings settings, Permits permits) {
        this(guard, settings, Trust.ofTheJvm(), permits);
    }

    GuardedHttpClients(NetworkGuard guard, HttpSettings settings, Trust trust, DnsResolver system) {
        this(guard, settings, trust, new Permits(), system);
    }

    private GuardedHttpClients(
            NetworkGuard guard, HttpSettings settings, Trust trust, Permits permits, DnsResolver system) {
        this.guard = guard;
        this.settings = settings;
        this.trust = trust;
        this.permits = permits;
        this.system = system;
    }

    /** A client with a connection pool of its own; the caller closes it. */
    public CloseableHttpClient create() {
        HttpClientBuilder builder = HttpClientBuilder.create();
        configure(builder);
        return builder.build();
    }

    /** Makes a builder's client guarded; fits Camel's {@code HttpClientConfigurer}. Whoever builds it, closes it. */
    public void configure(HttpClientBuilder builder) {
        builder.setConnectionManager(connections())
                .setConnectionManagerShared(false)
                .setConnectionReuseStrategy(new SpentConnections())
                .setProxy(proxy())
                .addExecInterceptorFirst("take-target", UntouchedTarget::take)
                .addExecInterceptorAfter(ChainElement.PROTOCOL.name(), "put-target-back", UntouchedTarget::putBack)
                .addExecInterceptorFirst("guard", new GuardedExchange(guard, new TargetLookup(guard, settings, system)))
                .addExecInterceptorAfter(ChainElement.CONNECT.name(), "permit", permits::execute)
                .setDefaultRequestConfig(silentFor(settings.responseTimeout()))
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAutomaticRetries()
                .disableAuthCaching()
                .setUserAgent("Caravan");
    }

    /** How a request is made whose peer may be silent for longer than others; the same guards hold. */
    public static RequestConfig silentFor(Duration longest) {
        return RequestConfig.custom()
                .setResponseTimeout(Timeout.of(longest))
                .setConnectionRequestTimeout(Timeout.of(longest))
                .setRedirectsEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .setAuthenticationEnabled(false)
                .build();
    }

    private PoolingHttpClientConnectionManager connections() {
        ConnectionConfig connections = ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                .setSocketTimeout(Timeout.of(settings.responseTimeout()))
                .setTimeToLive(TimeValue.ofMinutes(5)) // so that a changed DNS entry is noticed
                .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                .build();
        return new GuardedConnections()
                .setTlsSocketStrategy(trust.strategy())
                .setDefaultConnectionConfig(connections)
                .setDefaultSocketConfig(SocketConfig.custom()
                        .setSoTimeout(Timeout.of(settings.responseTimeout()))
                        .build())
                .setMaxConnPerRoute(settings.maxConnectionsPerRoute())
                .setMaxConnTotal(settings.maxConnectionsPerRoute() * ROUTES_AT_ONCE)
                .build();
    }

    private HttpHost proxy() {
        return settings.proxy() == null
                ? null
                : new HttpHost(
                        "http", settings.proxy().getHost(), settings.proxy().getPort());
    }

    private final class GuardedConnections extends PoolingHttpClientConnectionManagerBuilder {

        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver ignored, TlsSocketStrategy tls) {
            return new GuardedConnector(guard, system, proxy(), ports, tls);
        }
    }
}
