package io.caravan.destination.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.net.NoAnswerException;
import io.caravan.testing.TestAuthority;
import io.caravan.testing.TlsFront;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/** Amazon's client over ours: guard, trust and limits are those of everything outbound. */
class S3HttpTest {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer store;

    @BeforeEach
    void start() throws IOException {
        store = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        store.setExecutor(threads);
        store.createContext("/", this::answer);
        store.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        store.stop(0);
        threads.shutdownNow();
    }

    @Test
    void a_store_inside_is_refused_by_the_setting_that_would_allow_it() throws IOException {
        NoAnswerException refused = failure(address(), "lake");

        assertThat(refused).hasMessageContaining("add 127.0.0.1 to caravan.http.allow");
        assertThat(seen).isEmpty();
    }

    @Test
    void a_store_that_sends_a_byte_now_and_then_is_given_up_when_the_whole_took_too_long() throws IOException {
        Instant start = Instant.now();

        NoAnswerException late = failure(address(), "dripping", "127.0.0.1");

        assertThat(late.late()).isTrue();
        assertThat(Duration.between(start, Instant.now()))
                .isGreaterThanOrEqualTo(LIMIT.minusMillis(100))
                .isLessThan(LIMIT.plusSeconds(20));
    }

    @Test
    void a_redirect_is_not_followed() throws IOException {
        HttpServer inside = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        inside.createContext("/", exchange -> seen.add("inside"));
        inside.start();
        try {
            elsewhere = "http://127.0.0.1:" + inside.getAddress().getPort() + "/";
            assertThat(catchThrowable(() -> head(address(), "moved", "127.0.0.1")))
                    .hasMessageContaining("307");
        } finally {
            inside.stop(0);
        }
        assertThat(seen).containsExactly("HEAD /moved/key");
    }

    @Test
    void a_certificate_that_nobody_known_signed_is_said_to_be_that(@TempDir Path folder) throws IOException {
        TestAuthority authority = TestAuthority.in(folder);
        try (TlsFront front = TlsFront.before(address(), authority.server())) {
            assertThat(failure(front.address(), "lake", "127.0.0.1"))
                    .hasMessageStartingWith("its certificate is not trusted")
                    .hasMessageContaining("caravan.http.ca-certificates");
        }
        assertThat(seen).isEmpty();
    }

    private volatile String elsewhere;

    private void answer(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
        if (elsewhere != null) {
            exchange.getResponseHeaders().add("Location", elsewhere);
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        } else if (exchange.getRequestURI().getPath().startsWith("/dripping")) {
            drip(exchange);
        } else {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        }
    }

    private void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static NoAnswerException failure(URI endpoint, String bucket, String... allow) {
        Throwable failure = catchThrowable(() -> ask(
                endpoint,
                allow,
                client -> client.getObjectAsBytes(b -> b.bucket(bucket).key("key"))));
        assertThat(failure).hasRootCauseInstanceOf(NoAnswerException.class);
        return (NoAnswerException) org.assertj.core.util.Throwables.getRootCause(failure);
    }

    private static void head(URI endpoint, String bucket, String... allow) throws IOException {
        ask(endpoint, allow, client -> client.headObject(b -> b.bucket(bucket).key("key")));
    }

    private static void ask(URI endpoint, String[] allow, java.util.function.Consumer<S3Client> request)
            throws IOException {
        HttpSettings settings = new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(1), 5, List.of(), null);
        try (BoundedHttp http = new BoundedHttp(
                        new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, allow), settings));
                S3Client client = S3Client.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                        .httpClient(new S3Http(http, LIMIT))
                        .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build()) {
            request.accept(client);
        }
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    }
}
