package io.caravan.support.net;

import java.net.InetAddress;
import java.util.Optional;

/** The decision itself: no look-ups, no logging. */
record NetworkRules(NetworkMode mode, AllowList allow) {

    private static final String ADD = "to allow it, add %s to " + AllowList.SETTING;

    /** Why this must not be connected to, by how it is written alone; empty says nothing about its addresses. */
    Optional<String> refusalOf(String scheme, String host, int port) {
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return Optional.of("%s is no scheme Caravan connects by: only https and http are".formatted(scheme));
        }
        if (HostNames.isAmbiguous(host)) {
            return Optional.of(("%s is read as a name by some programs and as an address by others;"
                            + " write the address as four decimal numbers")
                    .formatted(host));
        }
        if (scheme.equals("http") && mode == NetworkMode.SHARED && !allow.mayHold(host, port)) {
            return Optional.of(unencrypted(host));
        }
        return Optional.empty();
    }

    /** Why this address must not be connected to, under this host name. */
    Optional<String> refusalOf(String scheme, String host, int port, InetAddress address) {
        if (allow.namesHost(host, port) || allow.holds(address, port)) {
            return Optional.empty();
        }
        AddressKind kind = AddressKind.of(address);
        if (kind == AddressKind.PUBLIC) {
            return scheme.equals("https") ? Optional.empty() : Optional.of(unencrypted(host));
        }
        if (kind == AddressKind.PRIVATE && mode == NetworkMode.SELF_HOSTED) {
            return Optional.empty();
        }
        String where = HostNames.isAddress(host) ? host : "%s (%s)".formatted(address.getHostAddress(), host);
        String why = kind == AddressKind.PRIVATE ? " and caravan.network is shared" : "";
        return Optional.of("%s is %s%s; ".formatted(where, kind.description(), why) + ADD.formatted(host));
    }

    /** Whether a connection that is allowed deserves a warning: unencrypted, though inside one's own network. */
    boolean isWorthAWarning(String scheme, InetAddress address) {
        return scheme.equals("http") && AddressKind.of(address) == AddressKind.PRIVATE;
    }

    private static String unencrypted(String host) {
        return "http://%s is not encrypted; use https, or ".formatted(host) + ADD.formatted(host);
    }
}
