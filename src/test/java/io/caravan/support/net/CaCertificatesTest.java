package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.caravan.testing.TestAuthority;
import io.caravan.testing.TlsFront;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** The setting caravan.http.ca-certificates, on a server whose certificate an authority of its own signed. */
class CaCertificatesTest {

    @TempDir
    private static Path made;

    private static TestAuthority authority;
    private static HttpServer server;
    private static TlsFront front;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        authority = TestAuthority.in(made);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        front = TlsFront.before(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), authority.server());
    }

    @AfterAll
    static void stop() {
        front.close();
        server.stop(0);
    }

    @Test
    void without_it_the_failure_says_what_is_wrong_and_names_it() {
        assertThatThrownBy(() -> ask(null))
                .satisfies(failure -> assertThat(ConnectionFailures.describe(failure))
                        .isEqualTo(
                                "its certificate is not trusted, for no authority known here has signed it; if one of your own"
                                        + " has, name its certificate in caravan.http.ca-certificates"));
    }

    @Test
    void with_it_the_server_is_trusted_by_a_file_and_by_a_folder() throws IOException {
        Files.writeString(folder.resolve("readme.txt"), "no certificate, and not looked at");
        Files.copy(authority.certificate(), folder.resolve("hospital.CRT"));

        assertThat(ask(authority.certificate())).isEqualTo(204);
        assertThat(ask(folder)).isEqualTo(204);
    }

    @Test
    void the_jvms_authorities_stay_trusted() {
        int own = Trust.ofTheJvm().authorities();

        assertThat(own).isPositive();
        assertThat(new Trust(new TrustSettings(authority.certificate())).authorities())
                .isEqualTo(own + 1);
    }

    @Test
    void another_fault_of_a_certificate_is_called_by_its_own_name() {
        URI other = URI.create(front.address().toString().replace("127.0.0.1", "127.0.0.1.in-dns.invalid"));

        assertThatThrownBy(() -> ask(authority.certificate(), other))
                .satisfies(failure -> assertThat(ConnectionFailures.describe(failure))
                        .startsWith("TLS failed")
                        .doesNotContain("caravan.http.ca-certificates"));
    }

    @ParameterizedTest
    @CsvSource({
        "absent.pem, , does not exist.",
        "empty.pem, '', holds no certificate in PEM form.",
        "notes.pem, 'certificates are kept elsewhere', holds something that is no certificate in PEM form.",
        "key.pem, '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n', holds something that is no certificate in PEM form.",
    })
    void what_cannot_be_used_stops_the_start_and_says_what_to_do(String name, String content, String why)
            throws IOException {
        Path file = folder.resolve(name);
        if (content != null) {
            Files.writeString(file, content);
        }
        stopsTheStart(file, file + " " + why);
    }

    @Test
    void so_does_a_folder_without_certificates() {
        stopsTheStart(folder, folder + " holds no file *.pem, *.crt or *.cer.");
    }

    private static void stopsTheStart(Path setting, String why) {
        new ApplicationContextRunner()
                .withUserConfiguration(Beans.class)
                .withPropertyValues("caravan.http.ca-certificates=" + setting)
                .run(context -> {
                    FailureAnalysis analysis = new CaCertificatesFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis.getDescription()).endsWith(why);
                    assertThat(analysis.getAction()).contains("caravan.http.ca-certificates", "PEM", "folder");
                });
    }

    @Test
    void the_analysis_is_registered() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(getClass()))))
                .hasAtLeastOneElementOfType(CaCertificatesFailureAnalyzer.class);
    }

    private static int ask(Path certificates) throws IOException {
        return ask(certificates, front.address());
    }

    private static int ask(Path certificates, URI server) throws IOException {
        NetworkGuard guard = NetworkGuard.of(NetworkMode.SHARED, "127.0.0.0/8");
        HttpSettings settings = new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 5, List.of(), null);
        Trust trust = new Trust(new TrustSettings(certificates));
        Names dns = new Names();
        try (CloseableHttpClient client = new GuardedHttpClients(guard, settings, trust, dns).create()) {
            return client.execute(new HttpGet(server), response -> response.getCode());
        }
    }

    /** Every name is this machine's. */
    private static final class Names implements org.apache.hc.client5.http.DnsResolver {

        @Override
        public InetAddress[] resolve(String host) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    @EnableConfigurationProperties(TrustSettings.class)
    @Import(Trust.class)
    static class Beans {}
}
