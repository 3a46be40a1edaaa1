package io.caravan.testing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** URLs that somebody may enter to have a server asked that is none of theirs; {@code PORT} stands for its port. */
public final class InternalUrls {

    /** A server on this machine, written as Caravan reads it: reached once the operator lists it. */
    public static final List<String> LOOPBACK = List.of(
            "http://127.0.0.1:PORT",
            "HTTP://127.0.0.1:PORT/fhir",
            "http://localhost:PORT",
            "http://LocalHost:PORT",
            "http://localhost.:PORT",
            "http://localhost.localdomain:PORT",
            "http://app.localhost:PORT",
            "http://127.0.0.1.in-dns.example:PORT",
            "http://[::ffff:127.0.0.1]:PORT",
            "http://[::ffff:7f00:1]:PORT",
            "http://[0:0:0:0:0:FFFF:7F00:0001]:PORT");

    /** Not public, and never reached without being listed. */
    public static final List<String> SPECIAL = List.of(
            "https://127.42.0.7",
            "https://[::1]",
            "https://[0:0:0:0:0:0:0:1]",
            "https://[::127.0.0.1]",
            "https://[::7f00:1]",
            "https://[64:ff9b::7f00:1]",
            "https://[64:ff9b::169.254.169.254]",
            "https://[2002:7f00:1::]",
            "https://[2002:a9fe:a9fe::1]",
            "https://[2001:0:808:808:0:0:80ff:fffe]",
            "https://0.0.0.0",
            "https://[::]",
            "http://169.254.169.254/latest/meta-data",
            "https://[::ffff:a9fe:a9fe]",
            "https://[fd00:ec2::254]",
            "http://metadata.google.internal",
            "https://169.254.170.2",
            "https://100.100.100.200",
            "https://169.254.7.7",
            "https://[fe80::1]",
            "https://224.0.0.1",
            "https://[ff02::1]",
            "https://255.255.255.255",
            "https://192.0.2.1",
            "https://198.18.0.1");

    /** Of an inner network: reached where Caravan is one's own, refused where it is shared. */
    public static final List<String> PRIVATE = List.of(
            "https://10.0.0.1",
            "http://10.0.0.1",
            "https://172.16.0.1",
            "https://192.168.1.1",
            "https://100.64.0.1",
            "https://[fd12::1]",
            "https://[fec0::1]",
            "https://[::ffff:10.0.0.1]",
            "https://[64:ff9b::a00:1]",
            "https://inner.example");

    /** Read in two ways, or in none: refused whatever is listed. */
    public static final List<String> NEVER = List.of(
            "http://2130706433:PORT",
            "http://0x7f000001:PORT",
            "http://0X7F.1:PORT",
            "http://0177.0.0.1:PORT",
            "http://017700000001:PORT",
            "http://127.0.0.1.:PORT",
            "http://127.1:PORT",
            "http://127.0.1:PORT",
            "http://127.0.0.01:PORT",
            "http://127.0.0.0x1:PORT",
            "http://0:PORT",
            "http://256.0.0.1:PORT",
            "http://user@127.0.0.1:PORT",
            "http://user:pw@127.0.0.1:PORT",
            "http://public.example@127.0.0.1:PORT",
            "http://public.example:443@127.0.0.1:PORT",
            "http://127.0.0.1%00.public.example:PORT",
            "http://%31%32%37.0.0.1:PORT",
            "http://%6cocalhost:PORT",
            "http://①②⑦.⓪.⓪.①:PORT",
            "http://１２７.０.０.１:PORT",
            "http://127。0。0。1:PORT",
            "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT",
            "http://127.0.0.1:PORT\\@public.example",
            "http:\\\\127.0.0.1:PORT",
            "http://127.0.0.1\t:PORT",
            "http://127.0.0.1:PORT\n.public.example",
            "http://127.0.0.1:PORT#@public.example",
            "http://127.0.0.1:PORT?@public.example",
            "http:///127.0.0.1:PORT",
            "//127.0.0.1:PORT",
            "127.0.0.1:PORT",
            "http://127.0.0.1:PORT:80",
            "http://127.0.0.1:99999",
            "http://[::1:PORT",
            "http://[::ffff:127.0.0.1%25lo]:PORT",
            "ftp://127.0.0.1:PORT",
            "gopher://127.0.0.1:PORT",
            "file:///etc/passwd",
            "jar:http://127.0.0.1:PORT!/x");

    /** What the names among them resolve to in a network whose DNS is the visitor's, or the cloud's. */
    private static final Map<String, String> NAMES = Map.of(
            "localhost.localdomain", "127.0.0.1",
            "app.localhost", "127.0.0.1",
            "127.0.0.1.in-dns.example", "127.0.0.1",
            "metadata.google.internal", "169.254.169.254",
            "inner.example", "10.1.1.1");

    private InternalUrls() {}

    public static Stream<String> all() {
        return Stream.of(LOOPBACK, SPECIAL, PRIVATE, NEVER).flatMap(List::stream);
    }

    /** The answer of that network's DNS. */
    public static InetAddress[] resolve(String host) throws UnknownHostException {
        String name = host.replaceFirst("\\.$", "");
        return InetAddress.getAllByName(NAMES.getOrDefault(name, name));
    }
}
