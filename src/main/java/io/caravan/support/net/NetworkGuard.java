package io.caravan.support.net;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Decides which outbound connections are made, by {@code caravan.network} and {@code caravan.http.allow}. Clients ask
 * it with the very addresses they are about to connect to, so that no second look-up can give another answer.
 */
@Component
public final class NetworkGuard {

    private static final Logger log = LoggerFactory.getLogger(NetworkGuard.class);
    private static final int WARNINGS_KEPT = 1_000;

    private final NetworkRules rules;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    @Autowired
    NetworkGuard(NetworkSettings network, HttpSettings http) {
        this(network.network(), http.allow());
    }

    private NetworkGuard(NetworkMode mode, List<String> allow) {
        this.rules = new NetworkRules(mode, AllowList.parse(allow));
    }

    /** One outside of Spring, for tests and tools; {@code allow} as in {@code caravan.http.allow}. */
    public static NetworkGuard of(NetworkMode mode, String... allow) {
        return new NetworkGuard(mode, List.of(allow));
    }

    /**
     * What can be said of a URL without looking its host up: http or https, a host, no user info, and the rules where
     * the host is an address. For the moment a URL is entered; connecting checks again.
     */
    public void checkUri(URI uri) throws NetworkRefusedException {
        if (uri.getScheme() == null || uri.getRawAuthority() == null) {
            throw new NetworkRefusedException("not an absolute URL: it must begin with https://");
        }
        if (uri.getRawUserInfo() != null || uri.getRawAuthority().indexOf('@') >= 0) {
            throw new NetworkRefusedException("a URL must not contain a user name or password");
        }
        if (uri.getHost() == null || uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new NetworkRefusedException("the URL's host or port is malformed");
        }
        checkTarget(uri.getScheme(), uri.getHost(), uri.getPort());
    }

    /**
     * Refuses unless each of the addresses may be connected to.
     *
     * @param port the port asked for; 0 or less where it is the scheme's own
     * @param addresses what the host resolved to, which is what the caller connects to
     */
    public void check(String scheme, String host, int port, InetAddress... addresses) throws NetworkRefusedException {
        String protocol = scheme.toLowerCase(Locale.ROOT);
        String name = HostNames.normal(host);
        int effective = effective(protocol, port);
        refuse(rules.refusalOf(protocol, name, effective));
        for (InetAddress address : addresses) {
            refuse(rules.refusalOf(protocol, name, effective, address));
            if (rules.isWorthAWarning(protocol, address)) {
                warnOnce(name + ":" + effective);
            }
        }
    }

    /** As {@link #checkUri}, of a target already taken apart. */
    void checkTarget(String scheme, String host, int port) throws NetworkRefusedException {
        String name = HostNames.normal(host);
        check(scheme, name, port, HostNames.isAddress(name) ? new InetAddress[] {literal(name)} : new InetAddress[0]);
    }

    /** Whether the host is allowed by its name, so that its addresses need not be known. */
    boolean allowsByName(String scheme, String host, int port) {
        return rules.allow().namesHost(HostNames.normal(host), effective(scheme.toLowerCase(Locale.ROOT), port));
    }

    private static InetAddress literal(String address) throws NetworkRefusedException {
        try {
            return AddressRange.address(address);
        } catch (IllegalArgumentException e) {
            throw new NetworkRefusedException(address + " is no address of this machine's networks");
        }
    }

    private static int effective(String scheme, int port) {
        if (port > 0) {
            return port;
        }
        return scheme.equals("http") ? 80 : 443;
    }

    private static void refuse(Optional<String> reason) throws NetworkRefusedException {
        if (reason.isPresent()) {
            throw new NetworkRefusedException(reason.get());
        }
    }

    private void warnOnce(String target) {
        if (warned.size() < WARNINGS_KEPT && warned.add(target)) {
            log.warn("Connecting to {} over http: records and credentials cross your network unencrypted", target);
        }
    }
}
