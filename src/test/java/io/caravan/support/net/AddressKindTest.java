package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressKindTest {

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "1.1.1.1, PUBLIC",
        "172.15.255.255, PUBLIC",
        "172.32.0.0, PUBLIC",
        "100.63.255.255, PUBLIC",
        "100.128.0.0, PUBLIC",
        "223.255.255.255, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "10.0.0.1, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.127.255.255, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "fc00::1, PRIVATE",
        "fec0::1, PRIVATE",
        "127.0.0.1, LOOPBACK",
        "127.255.255.254, LOOPBACK",
        "::1, LOOPBACK",
        "169.254.1.1, LINK_LOCAL",
        "fe80::1, LINK_LOCAL",
        "febf::1, LINK_LOCAL",
        "169.254.169.254, METADATA",
        "169.254.170.2, METADATA",
        "100.100.100.200, METADATA",
        "168.63.129.16, METADATA",
        "fd00:ec2::254, METADATA",
        "fd20:ce::254, METADATA",
        "224.0.0.1, MULTICAST",
        "239.255.255.255, MULTICAST",
        "ff02::1, MULTICAST",
        "0.0.0.0, UNSPECIFIED",
        "0.1.2.3, UNSPECIFIED",
        "::, UNSPECIFIED",
        "192.0.0.192, RESERVED",
        "192.0.2.1, RESERVED",
        "198.18.0.1, RESERVED",
        "198.51.100.1, RESERVED",
        "203.0.113.1, RESERVED",
        "240.0.0.1, RESERVED",
        "255.255.255.255, RESERVED",
        "2001:db8::1, RESERVED",
        "3fff::1, RESERVED",
        "100::1, RESERVED",
        "64:ff9b:1::1, RESERVED",
        "::ffff:127.0.0.1, LOOPBACK",
        "::ffff:a9fe:a9fe, METADATA",
        "::ffff:8.8.8.8, PUBLIC",
        "::127.0.0.1, LOOPBACK",
        "::8.8.8.8, RESERVED",
        "::ffff:0:127.0.0.1, RESERVED",
        "64:ff9b::7f00:1, LOOPBACK",
        "64:ff9b::a9fe:a9fe, METADATA",
        "64:ff9b::10.0.0.1, PRIVATE",
        "64:ff9b::8.8.8.8, PUBLIC",
        "2002:7f00:1::, LOOPBACK",
        "2002:a00:1::1, PRIVATE",
        "2002:a9fe:a9fe::1, METADATA",
        "2002:808:808::1, PUBLIC",
        "2001:0:808:808:0:0:80ff:fffe, LOOPBACK",
        "2001:0:808:808:0:0:5601:5601, METADATA",
        "2001:0:808:808:0:0:f7f7:f7f7, PUBLIC",
        "2606:4700::5efe:7f00:1, LOOPBACK",
        "2606:4700::200:5efe:10.0.0.1, PRIVATE",
        "fe80::5efe:808:808, LINK_LOCAL",
    })
    void each_address_is_what_the_registries_say(String address, AddressKind kind) throws Exception {
        assertThat(AddressKind.of(InetAddress.getByName(address))).isEqualTo(kind);
    }

    @Test
    void a_mapped_address_that_java_was_made_to_keep_as_ipv6_counts_as_what_it_maps() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;

        assertThat(AddressKind.of(Inet6Address.getByAddress("x", mapped, -1))).isEqualTo(AddressKind.LOOPBACK);
    }
}
