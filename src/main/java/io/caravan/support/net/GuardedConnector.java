package io.caravan.support.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Where HttpClient 5 opens sockets: the one place that knows scheme, port and addresses together. */
final class GuardedConnector implements HttpClientConnectionOperator {

    private final NetworkGuard guard;
    private final HttpHost proxy;
    private final HttpClientConnectionOperator http;
    private final HttpClientConnectionOperator https;
    private final HttpClientConnectionOperator unguarded;

    /** The proxy, null for none, is the deployment's own choice and not asked about. */
    GuardedConnector(
            NetworkGuard guard, DnsResolver system, HttpHost proxy, SchemePortResolver ports, TlsSocketStrategy tls) {
        Lookup<TlsSocketStrategy> strategies = RegistryBuilder.<TlsSocketStrategy>create()
                .register(URIScheme.HTTPS.id, tls)
                .build();
        this.guard = guard;
        this.proxy = proxy;
        this.http = operator(ports, new GuardedDnsResolver(guard, "http", system), strategies);
        this.https = operator(ports, new GuardedDnsResolver(guard, "https", system), strategies);
        this.unguarded = operator(ports, SystemResolver.INSTANCE, strategies);
    }

    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            InetSocketAddress local,
            TimeValue timeout,
            SocketConfig config,
            HttpContext context)
            throws IOException {
        to(host).connect(connection, host, local, timeout, config, context);
    }

    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            NamedEndpoint name,
            InetSocketAddress local,
            Timeout timeout,
            SocketConfig config,
            Object attachment,
            HttpContext context)
            throws IOException {
        to(host).connect(connection, host, name, local, timeout, config, attachment, context);
    }

    @Override
    public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context) throws IOException {
        https.upgrade(connection, host, context);
    }

    @Override
    public void upgrade(
            ManagedHttpClientConnection connection,
            HttpHost host,
            NamedEndpoint name,
            Object attachment,
            HttpContext context)
            throws IOException {
        https.upgrade(connection, host, name, attachment, context);
    }

    private HttpClientConnectionOperator to(HttpHost host) throws NetworkRefusedException {
        if (host.equals(proxy)) {
            return unguarded;
        }
        if (host.getAddress() != null) { // then the resolver is not asked
            guard.check(host.getSchemeName(), host.getHostName(), host.getPort(), host.getAddress());
        }
        return host.getSchemeName().equalsIgnoreCase("https") ? https : http;
    }

    private static HttpClientConnectionOperator operator(
            SchemePortResolver ports, DnsResolver resolver, Lookup<TlsSocketStrategy> strategies) {
        return new DefaultHttpClientConnectionOperator(ports, resolver, strategies);
    }
}
