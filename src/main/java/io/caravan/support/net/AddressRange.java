package io.caravan.support.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A CIDR range of IPv4 or IPv6 addresses; the two never match each other. */
record AddressRange(byte[] network, int prefix) {

    AddressRange {
        if (prefix < 0 || prefix > network.length * 8) {
            throw new IllegalArgumentException("no such prefix length: " + prefix);
        }
    }

    /** From {@code 10.0.0.0/8}, {@code fd00::/8}, or one address without a slash. Looks nothing up. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] network = address(slash < 0 ? text : text.substring(0, slash)).getAddress();
        try {
            return new AddressRange(
                    network, slash < 0 ? network.length * 8 : Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no prefix length in " + text, e);
        }
    }

    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = prefix / 8;
        int mask = 0xff00 >> (prefix % 8) & 0xff;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (mask == 0 || (address[whole] & mask) == (network[whole] & mask));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRange range && range.prefix == prefix && Arrays.equals(range.network, network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            return Arrays.toString(network) + "/" + prefix;
        }
    }

    /** The address a plain spelling means. Looks nothing up. */
    static InetAddress address(String text) {
        if (!HostNames.isAddress(text)) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + text, e);
        }
    }
}
