package io.caravan.support.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** What an address is for, as far as the guard cares. An IPv4 address inside an IPv6 one counts as itself. */
enum AddressKind {
    PUBLIC("a public address"),
    PRIVATE("a private address"),
    LOOPBACK("a loopback address"),
    LINK_LOCAL("a link-local address"),
    METADATA("a cloud metadata address"),
    MULTICAST("a multicast address"),
    UNSPECIFIED("an unspecified address"),
    RESERVED("a reserved address");

    /** The first match counts. */
    private static final List<Row> IPV4 = List.of(
            row(METADATA, "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16"),
            row(UNSPECIFIED, "0.0.0.0/8"),
            row(PRIVATE, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
            row(LOOPBACK, "127.0.0.0/8"),
            row(LINK_LOCAL, "169.254.0.0/16"),
            row(RESERVED, "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
            row(RESERVED, "198.51.100.0/24", "203.0.113.0/24"),
            row(MULTICAST, "224.0.0.0/4"),
            row(RESERVED, "240.0.0.0/4"),
            row(PUBLIC, "0.0.0.0/0"));

    private static final List<Row> IPV6 = List.of(
            row(METADATA, "fd00:ec2::254", "fd20:ce::254"),
            row(UNSPECIFIED, "::"),
            row(LOOPBACK, "::1"),
            row(LINK_LOCAL, "fe80::/10"),
            row(PRIVATE, "fc00::/7", "fec0::/10"),
            row(MULTICAST, "ff00::/8"),
            row(RESERVED, "2001::/23", "2001:db8::/32", "3fff::/20"),
            row(PUBLIC, "2000::/3"),
            row(RESERVED, "::/0"));

    private static final AddressRange MAPPED = new AddressRange(mappedPrefix(), 96);
    private static final AddressRange COMPATIBLE = AddressRange.parse("::/96");
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");
    private static final AddressRange SIX_TO_FOUR = AddressRange.parse("2002::/16");
    private static final AddressRange TEREDO = AddressRange.parse("2001::/32");

    private final String description;

    AddressKind(String description) {
        this.description = description;
    }

    static AddressKind of(InetAddress address) {
        return of(address.getAddress());
    }

    /** With its article. */
    String description() {
        return description;
    }

    private static AddressKind of(byte[] address) {
        if (address.length == 4) {
            return first(IPV4, address);
        }
        if (MAPPED.contains(address) || NAT64.contains(address)) {
            return of(part(address, 12));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return of(part(address, 2));
        }
        if (TEREDO.contains(address)) {
            return of(inverted(part(address, 12)));
        }
        if (isIsatap(address)) {
            return worse(first(IPV6, address), of(part(address, 12)));
        }
        AddressKind kind = first(IPV6, address);
        return kind == RESERVED && COMPATIBLE.contains(address) ? worse(kind, of(part(address, 12))) : kind;
    }

    /** Of two readings the one that is not public, and the embedded one of two that are not. */
    private static AddressKind worse(AddressKind outer, AddressKind embedded) {
        return embedded == PUBLIC ? outer : embedded;
    }

    private static AddressKind first(List<Row> table, byte[] address) {
        return table.stream()
                .filter(row -> row.ranges.stream().anyMatch(range -> range.contains(address)))
                .findFirst()
                .orElseThrow()
                .kind;
    }

    private static byte[] part(byte[] address, int from) {
        return Arrays.copyOfRange(address, from, from + 4);
    }

    private static byte[] inverted(byte[] address) {
        for (int i = 0; i < address.length; i++) {
            address[i] = (byte) ~address[i];
        }
        return address;
    }

    /** An interface identifier of ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d. */
    private static boolean isIsatap(byte[] address) {
        return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
    }

    /** Java reads ::ffff:0:0 as the IPv4 address it means, so this one is spelt by hand. */
    private static byte[] mappedPrefix() {
        byte[] prefix = new byte[16];
        prefix[10] = (byte) 0xff;
        prefix[11] = (byte) 0xff;
        return prefix;
    }

    private static Row row(AddressKind kind, String... ranges) {
        return new Row(kind, Arrays.stream(ranges).map(AddressRange::parse).toList());
    }

    private record Row(AddressKind kind, List<AddressRange> ranges) {}
}
