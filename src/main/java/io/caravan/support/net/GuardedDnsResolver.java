package io.caravan.support.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;

/**
 * The resolver for Apache HttpClient 5: what it returns has been checked, address by address. One per scheme, because
 * a resolver is not told it; {@link GuardedHttpClients} brings both.
 */
public final class GuardedDnsResolver implements DnsResolver {

    private final NetworkGuard guard;
    private final String scheme;
    private final DnsResolver system;

    /** For connections of this scheme, {@code http} or {@code https}. */
    public GuardedDnsResolver(NetworkGuard guard, String scheme) {
        this(guard, scheme, SystemResolver.INSTANCE);
    }

    GuardedDnsResolver(NetworkGuard guard, String scheme, DnsResolver system) {
        this.guard = guard;
        this.scheme = scheme;
        this.system = system;
    }

    /** For the scheme's own port. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return resolved(host, 0);
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return Arrays.stream(resolved(host, port))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** The name as it is: nothing is looked up for it. */
    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    private InetAddress[] resolved(String host, int port) throws UnknownHostException {
        guard.checkTarget(scheme, host, port);
        InetAddress[] addresses = system.resolve(host);
        guard.check(scheme, host, port, addresses);
        return addresses;
    }
}
