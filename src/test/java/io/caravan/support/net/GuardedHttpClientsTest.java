package io.caravan.support.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravan.testing.ForwardProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedHttpClientsTest {

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        stalled.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "localhost", "LocalHost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"})
    void loopback_is_refused_however_it_is_written_and_nothing_is_sent(String host) throws IOException {
        try (CloseableHttpClient client = clients().create()) {
            assertThatThrownBy(() -> get(client, "http://%s:%d/".formatted(host, port())))
                    .isInstanceOf(NetworkRefusedException.class);
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void a_target_given_as_an_address_passes_no_resolver_and_is_refused_all_the_same() throws IOException {
        HttpHost target = new HttpHost("http", InetAddress.getByName("127.0.0.1"), "public.example", port());
        try (CloseableHttpClient client = clients().create()) {
            assertThatThrownBy(() -> client.execute(target, new HttpGet("/"), response -> null))
                    .isInstanceOf(NetworkRefusedException.class);
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void the_resolver_checks_the_very_addresses_that_are_connected_to() {
        GuardedDnsResolver resolver = new GuardedDnsResolver(
                NetworkGuard.of(NetworkMode.SELF_HOSTED), "https", answering("8.8.8.8", "169.254.169.254"));

        assertThatThrownBy(() -> resolver.resolve("rebinding.example", 443))
                .isInstanceOf(NetworkRefusedException.class)
                .hasMessageStartingWith("169.254.169.254 (rebinding.example) is a cloud metadata address");
        assertThatThrownBy(() -> resolver.resolve("rebinding.example")).isInstanceOf(NetworkRefusedException.class);
    }

    @Test
    void what_is_listed_is_reached() throws IOException {
        try (CloseableHttpClient client = clients("127.0.0.1:" + port()).create()) {
            assertThat(get(client, url("/plain"))).isEqualTo("200 plain");
        }
    }

    @Test
    void user_info_is_refused_on_listed_hosts_too() throws IOException {
        try (CloseableHttpClient client = clients("127.0.0.1").create()) {
            assertThatThrownBy(() -> get(client, "http://user:pw@127.0.0.1:%d/".formatted(port())))
                    .isInstanceOf(NetworkRefusedException.class);
        }
    }

    @Test
    void redirects_cookies_and_retries_are_left_to_the_caller() throws IOException {
        try (CloseableHttpClient client = clients("127.0.0.1").create()) {
            assertThat(get(client, url("/redirect"))).startsWith("302");
            assertThat(get(client, url("/unavailable"))).startsWith("503");
            assertThat(get(client, url("/plain"))).isEqualTo("200 plain");
        }
        assertThat(seen).containsExactly("/redirect cookie=null", "/unavailable cookie=null", "/plain cookie=null");
    }

    @Test
    void a_connection_on_which_a_body_was_refused_is_not_used_again() throws IOException {
        try (CloseableHttpClient client = clients("127.0.0.1").create()) {
            get(client, url("/plain"));
            get(client, url("/unavailable"));
            put(client, url("/plain"), "whole");
            put(client, url("/unavailable"), "refused");
            get(client, url("/plain"));
            put(client, url("/unavailable"), "");
            get(client, url("/plain"));
        }
        assertThat(ports).hasSize(7);
        assertThat(ports.subList(1, 4)).containsOnly(ports.get(0));
        assertThat(ports.get(4)).isNotEqualTo(ports.get(0));
        assertThat(ports.subList(5, 7)).containsOnly(ports.get(4));
    }

    @Test
    void compressed_answers_are_read_as_what_they_hold() throws IOException {
        try (CloseableHttpClient client = clients("127.0.0.1").create()) {
            assertThat(get(client, url("/gzip"))).isEqualTo("200 unzipped");
        }
    }

    @Test
    void a_silent_server_is_given_up() throws IOException {
        HttpSettings impatient =
                new HttpSettings(Duration.ofSeconds(5), Duration.ofMillis(200), 5, List.of("127.0.0.1"), null);
        try (CloseableHttpClient client =
                new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"), impatient).create()) {
            assertThatThrownBy(() -> get(client, url("/stall"))).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void a_request_that_its_thread_is_not_permitted_is_not_sent_and_keeps_no_connection() throws IOException {
        HttpSettings one =
                new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 1, List.of("127.0.0.1"), null);
        Permits permits = new Permits();
        try (CloseableHttpClient client =
                new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"), one, permits).create()) {
            permits.require(() -> {
                throw new IllegalStateException("not permitted");
            });
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(client, url("/plain"))).hasMessage("not permitted");
            }
            assertThat(seen).isEmpty();

            permits.end();
            assertThat(get(client, url("/plain"))).isEqualTo("200 plain");
        }
    }

    @Test
    void behind_a_proxy_the_target_is_checked_and_the_proxy_is_not() throws IOException {
        URI proxy = URI.create("http://127.0.0.1:" + port());
        HttpSettings settings = new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 5, List.of(), proxy);
        NetworkGuard guard = NetworkGuard.of(NetworkMode.SELF_HOSTED, "listed.invalid");
        try (CloseableHttpClient client = new GuardedHttpClients(guard, settings).create()) {
            assertThatThrownBy(() -> get(client, "http://localhost:1/plain"))
                    .isInstanceOf(NetworkRefusedException.class)
                    .hasMessageContaining("loopback");
            assertThatThrownBy(() -> get(client, "http://unknown.invalid/plain"))
                    .isInstanceOf(NetworkRefusedException.class)
                    .hasMessageContaining("add unknown.invalid to caravan.http.allow");
            assertThat(seen).isEmpty();
            assertThat(get(client, "http://10.1.2.3/plain")).isEqualTo("200 plain");
            assertThat(get(client, "http://listed.invalid/plain")).isEqualTo("200 plain");
        }
    }

    @Test
    void behind_a_proxy_the_target_goes_out_byte_for_byte() throws IOException {
        String target = "/plain?a=%7c|b{c}&d=%2f&&e=%20+'";
        try (ForwardProxy proxy = ForwardProxy.start();
                CloseableHttpClient client = new GuardedHttpClients(
                                NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"),
                                new HttpSettings(
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(5),
                                        5,
                                        List.of("127.0.0.1"),
                                        proxy.address()))
                        .create()) {
            HttpGet get = new HttpGet("/");
            get.setPath(target);
            client.execute(HttpHost.create(URI.create(url("/"))), get, response -> null);

            assertThat(proxy.requests()).containsExactly("GET http://127.0.0.1:" + port() + target);
        }
    }

    @Test
    void a_plain_client_would_have_reached_it() throws IOException {
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            assertThat(get(client, url("/plain"))).isEqualTo("200 plain");
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        ports.add(exchange.getRemoteAddress().getPort());
        seen.add(path + " cookie=" + exchange.getRequestHeaders().getFirst("Cookie"));
        exchange.getResponseHeaders().add("Set-Cookie", "session=1; Path=/");
        switch (path) {
            case "/redirect" -> {
                exchange.getResponseHeaders().add("Location", "/plain");
                answer(exchange, 302, new byte[0]);
            }
            case "/unavailable" -> {
                exchange.getResponseHeaders().add("Retry-After", "0");
                answer(exchange, 503, new byte[0]);
            }
            case "/gzip" -> {
                exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                answer(exchange, 200, zipped("unzipped"));
            }
            case "/stall" -> awaitTheEnd();
            default -> answer(exchange, 200, "plain".getBytes(StandardCharsets.UTF_8));
        }
        exchange.close();
    }

    private void awaitTheEnd() {
        try {
            stalled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String get(CloseableHttpClient client, String url) throws IOException {
        return client.execute(
                new HttpGet(url),
                response -> (response.getCode() + " "
                                + (response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity())))
                        .strip());
    }

    private static void put(CloseableHttpClient client, String url, String body) throws IOException {
        HttpPut put = new HttpPut(url);
        put.setEntity(new StringEntity(body));
        client.execute(put, response -> {
            EntityUtils.consume(response.getEntity());
            return null;
        });
    }

    private static GuardedHttpClients clients(String... allow) {
        HttpSettings settings =
                new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), 5, List.of(allow), null);
        return new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, allow), settings);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private static DnsResolver answering(String... addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                InetAddress[] answer = new InetAddress[addresses.length];
                for (int i = 0; i < addresses.length; i++) {
                    answer[i] = InetAddress.getByName(addresses[i]);
                }
                return answer;
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }
}
