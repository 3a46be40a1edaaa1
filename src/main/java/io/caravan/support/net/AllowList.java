package io.caravan.support.net;

import java.net.InetAddress;
import java.util.List;

/** The setting {@code caravan.http.allow}, read. */
record AllowList(List<Entry> entries) {

    static final String SETTING = "caravan.http.allow";

    static AllowList parse(List<String> texts) {
        return new AllowList(texts.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(AllowList::entry)
                .toList());
    }

    /** Whether the host is listed by its name, wherever it may resolve to. */
    boolean namesHost(String normalHost, int port) {
        return entries.stream().anyMatch(entry -> entry.fits(port) && normalHost.equals(entry.name));
    }

    /** Whether the host may turn out to be allowed once its addresses are known. */
    boolean mayHold(String normalHost, int port) {
        return HostNames.isAddress(normalHost)
                || entries.stream()
                        .anyMatch(entry -> entry.fits(port) && (entry.range != null || normalHost.equals(entry.name)));
    }

    boolean holds(InetAddress address, int port) {
        return entries.stream()
                .anyMatch(
                        entry -> entry.fits(port) && entry.range != null && entry.range.contains(address.getAddress()));
    }

    private static Entry entry(String text) {
        try {
            String lower = HostNames.normal(text);
            boolean plainAddress = HostNames.isAddress(lower);
            if (text.indexOf('/') >= 0 || plainAddress) {
                return new Entry(null, AddressRange.parse(lower), 0);
            }
            int colon = text.lastIndexOf(':');
            int port = colon < 0 ? 0 : port(text.substring(colon + 1));
            String host = HostNames.normal(colon < 0 ? text : text.substring(0, colon));
            return HostNames.isAddress(host)
                    ? new Entry(null, AddressRange.parse(host), port)
                    : new Entry(name(host), null, port);
        } catch (IllegalArgumentException e) { // not kept as a cause: the start prints the innermost message
            throw new IllegalArgumentException(
                    "%s: '%s' is no host, host:port, address or CIDR range".formatted(SETTING, text));
        }
    }

    private static String name(String host) {
        if (!host.matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)*") || HostNames.isAmbiguous(host)) {
            throw new IllegalArgumentException(host);
        }
        return host;
    }

    private static int port(String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(text);
        }
        return port;
    }

    /** A name or a range; port 0 is any. */
    private record Entry(String name, AddressRange range, int port) {

        boolean fits(int asked) {
            return port == 0 || port == asked;
        }
    }
}
