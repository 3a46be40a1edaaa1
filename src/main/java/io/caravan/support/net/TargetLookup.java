package io.caravan.support.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.hc.client5.http.DnsResolver;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** A target's addresses, looked up and checked as the guarded clients do it, with a proxy and without. */
@Component
public final class TargetLookup {

    private final NetworkGuard guard;
    private final boolean proxied;
    private final DnsResolver system;

    @Autowired
    public TargetLookup(NetworkGuard guard, HttpSettings settings) {
        this(guard, settings, SystemResolver.INSTANCE);
    }

    TargetLookup(NetworkGuard guard, HttpSettings settings, DnsResolver system) {
        this.guard = guard;
        this.proxied = settings.proxy() != null;
        this.system = system;
    }

    /**
     * What the host resolves to here, each of it allowed; empty where its name is allowed and a proxy finds it.
     *
     * @param port 0 or less where it is the scheme's own
     * @throws UnknownHostException where it does not resolve, and no proxy is in between
     */
    public List<InetAddress> find(String scheme, String host, int port) throws UnknownHostException {
        guard.checkTarget(scheme, host, port);
        if (proxied && guard.allowsByName(scheme, host, port)) {
            return List.of();
        }
        InetAddress[] addresses = resolve(host);
        guard.check(scheme, host, port, addresses);
        return List.of(addresses);
    }

    private InetAddress[] resolve(String host) throws UnknownHostException {
        try {
            return system.resolve(HostNames.normal(host));
        } catch (UnknownHostException e) {
            if (!proxied) {
                throw e;
            }
            throw new NetworkRefusedException(
                    ("%1$s cannot be resolved here, so it is unknown where the proxy would go;"
                                    + " to leave that to the proxy, add %1$s to %2$s")
                            .formatted(host, AllowList.SETTING));
        }
    }
}
