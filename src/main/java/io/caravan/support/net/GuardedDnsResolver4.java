package io.caravan.support.net;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import org.apache.http.conn.DnsResolver;

/** For Apache HttpClient 4.5, which the AWS SDK and HAPI bring. One per endpoint: it is told no port either. */
public final class GuardedDnsResolver4 implements DnsResolver {

    private final NetworkGuard guard;
    private final String scheme;
    private final int port;

    /** For a client that talks to this endpoint, or to other hosts by the endpoint's scheme and port. */
    public GuardedDnsResolver4(NetworkGuard guard, URI endpoint) {
        this.guard = guard;
        this.scheme = endpoint.getScheme().toLowerCase(Locale.ROOT);
        this.port = endpoint.getPort();
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        guard.checkTarget(scheme, host, port);
        InetAddress[] addresses = SystemResolver.INSTANCE.resolve(host);
        guard.check(scheme, host, port, addresses);
        return addresses;
    }
}
