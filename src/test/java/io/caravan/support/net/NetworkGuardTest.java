package io.caravan.support.net;

import static io.caravan.support.net.NetworkMode.SELF_HOSTED;
import static io.caravan.support.net.NetworkMode.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class NetworkGuardTest {

    @ParameterizedTest
    @CsvSource({
        "https, 8.8.8.8, yes, yes",
        "http, 8.8.8.8, no, no",
        "https, 10.0.0.5, yes, no",
        "http, 10.0.0.5, yes, no",
        "https, 100.64.0.1, yes, no",
        "https, fd12::1, yes, no",
        "http, fd12::1, yes, no",
        "https, 127.0.0.1, no, no",
        "https, ::1, no, no",
        "https, 169.254.169.254, no, no",
        "https, fd00:ec2::254, no, no",
        "https, 169.254.7.7, no, no",
        "https, fe80::1, no, no",
        "https, 0.0.0.0, no, no",
        "https, 224.0.0.1, no, no",
        "https, 192.0.2.1, no, no",
        "https, 64:ff9b::a00:1, yes, no",
        "https, 2002:7f00:1::1, no, no",
        "ftp, 8.8.8.8, no, no",
        "HTTPS, 8.8.8.8, yes, yes",
    })
    void the_modes_differ_in_private_addresses_only(String scheme, String address, String selfHosted, String shared) {
        assertThat(allows(NetworkGuard.of(SELF_HOSTED), scheme, "host.example", address))
                .isEqualTo(selfHosted);
        assertThat(allows(NetworkGuard.of(SHARED), scheme, "host.example", address))
                .isEqualTo(shared);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, localhost, 8080, 127.0.0.1, yes",
        "LocalHost., localhost, 8080, 127.0.0.1, yes",
        "localhost, LOCALHOST., 8080, 127.0.0.1, yes",
        "localhost, localhost.example, 8080, 127.0.0.1, no",
        "localhost:8080, localhost, 8080, 127.0.0.1, yes",
        "localhost:8080, localhost, 8081, 127.0.0.1, no",
        "localhost:80, localhost, 0, 127.0.0.1, yes",
        "127.0.0.0/8, anything.example, 8080, 127.0.0.1, yes",
        "127.0.0.1, 127.0.0.1, 8080, 127.0.0.1, yes",
        "127.0.0.1:8080, 127.0.0.1, 8080, 127.0.0.1, yes",
        "127.0.0.1:8080, 127.0.0.1, 9090, 127.0.0.1, no",
        "127.0.0.1, localhost, 8080, ::1, no",
        "::1, localhost, 8080, ::1, yes",
        "[::1]:8080, '[::1]', 8080, ::1, yes",
        "[::1]:8080, '[::1]', 8081, ::1, no",
        "fd00::/8, db.example, 8080, fd00:ec2::254, yes",
        "8.8.8.0/24, dns.example, 80, 8.8.8.8, yes",
        "8.8.8.0/24, dns.example, 80, 8.8.9.8, no",
        "cafe:80, cafe, 80, 127.0.0.1, yes",
    })
    void what_is_listed_is_allowed_over_http_too(String allow, String host, int port, String address, String expected)
            throws Exception {
        NetworkGuard guard = NetworkGuard.of(SHARED, allow);

        assertThat(allows(() -> guard.check("http", host, port, InetAddress.getByName(address))))
                .isEqualTo(expected);
    }

    @Test
    void one_forbidden_address_among_several_is_enough() throws Exception {
        InetAddress[] both = {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1")};

        assertThatThrownBy(() -> NetworkGuard.of(SELF_HOSTED).check("https", "both.example", 443, both))
                .isInstanceOf(NetworkRefusedException.class);
    }

    @Test
    void a_refusal_names_the_address_and_the_setting() {
        assertThatThrownBy(() ->
                        NetworkGuard.of(SELF_HOSTED).check("http", "localhost", 80, InetAddress.getByName("127.0.0.1")))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage(
                        "127.0.0.1 (localhost) is a loopback address; to allow it, add localhost to caravan.http.allow")
                .satisfies(refusal ->
                        assertThat(((NetworkRefusedException) refusal).code()).isEqualTo("network_refused"));
        assertThatThrownBy(() -> NetworkGuard.of(SHARED).checkUri(URI.create("https://10.1.2.3/fhir")))
                .hasMessage("10.1.2.3 is a private address and caravan.network is shared;"
                        + " to allow it, add 10.1.2.3 to caravan.http.allow");
        assertThatThrownBy(() -> NetworkGuard.of(SHARED).checkUri(URI.create("http://fhir.example/r4")))
                .hasMessage("http://fhir.example is not encrypted; use https, or to allow it,"
                        + " add fhir.example to caravan.http.allow");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://fhir.example/r4",
                "HTTPS://FHIR.Example:8443/r4?x=1",
                "https://fhir.example./r4",
                "https://8.8.8.8",
                "https://10.0.0.1:9443/",
                "http://10.0.0.1/",
                "http://hapi/fhir",
                "https://[2606:4700::1111]/",
                "https://[::ffff:8.8.8.8]/",
                "https://1.example/",
                "https://0x7f.example/",
            })
    void urls_that_may_be_entered(String url) {
        assertThatCode(() -> NetworkGuard.of(SELF_HOSTED).checkUri(URI.create(url)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://fhir.example/",
                "file:///etc/passwd",
                "jar:https://fhir.example/x!/",
                "mailto:a@b.example",
                "gopher://10.0.0.1/",
                "//fhir.example/",
                "fhir.example/r4",
                "https:///r4",
                "https://user@fhir.example/",
                "https://user:pw@fhir.example/",
                "https://fhir.example%40evil.example/",
                "https://a@b@127.0.0.1/",
                "https://fhir_server.example/",
                "https://fhir.example:0/",
                "https://fhir.example:70000/",
                "https://127.0.0.1/",
                "https://127.0.0.1./",
                "https://127.1/",
                "https://127.0.1/",
                "https://2130706433/",
                "https://017700000001/",
                "https://0177.0.0.1/",
                "https://0x7f000001/",
                "https://0X7F.0.0.1/",
                "https://0x7f.1/",
                "https://127.0.0.0x1/",
                "https://127.0.0.01/",
                "https://256.256.256.256/",
                "https://1.2.3.4.5/",
                "https://a.b.8/",
                "https://0/",
                "https://0.0.0.0/",
                "https://[::]/",
                "https://[::1]/",
                "https://[0:0:0:0:0:0:0:1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[0:0:0:0:0:FFFF:7F00:0001]/",
                "https://[::127.0.0.1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[2002:7f00:1::]/",
                "https://[fe80::1]/",
                "https://[fe80::1%25lo]/",
                "https://[fd00:ec2::254]/",
                "https://169.254.169.254/latest/meta-data/",
                "https://100.100.100.200/",
                "https://224.0.0.1/",
                "http://8.8.8.8/",
            })
    void urls_that_may_not(String url) {
        assertThatThrownBy(() -> NetworkGuard.of(SELF_HOSTED).checkUri(URI.create(url)))
                .isInstanceOf(NetworkRefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0/33", "10.0.0.0/x", "host:0", "host:99999", "ho st", "0x7f.1", "*.example", "https://x"
            })
    void a_malformed_entry_stops_the_start_by_name(String entry) {
        assertThatThrownBy(() -> NetworkGuard.of(SELF_HOSTED, entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("caravan.http.allow")
                .hasMessageContaining(entry);
    }

    @Test
    void private_http_is_warned_about_once_a_host(CapturedOutput output) throws Exception {
        NetworkGuard guard = NetworkGuard.of(SELF_HOSTED);
        guard.check("http", "hapi", 8080, InetAddress.getByName("10.0.0.9"));
        guard.check("http", "hapi", 8080, InetAddress.getByName("10.0.0.9"));
        guard.check("https", "other", 443, InetAddress.getByName("10.0.0.9"));

        assertThat(output.getAll())
                .containsOnlyOnce("Connecting to hapi:8080 over http")
                .doesNotContain("other");
    }

    private static String allows(NetworkGuard guard, String scheme, String host, String address) {
        return allows(() -> guard.check(scheme, host, 0, InetAddress.getByName(address)));
    }

    private static String allows(Attempt attempt) {
        try {
            attempt.run();
            return "yes";
        } catch (NetworkRefusedException e) {
            return "no";
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }
}
