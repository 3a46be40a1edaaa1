package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravan.destination.fhir.Authorization;
import io.caravan.destination.fhir.FhirUnreachableException;
import io.caravan.support.ErrorCode;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.oauth.OAuthClient;
import io.caravan.support.oauth.OAuthSettings;
import io.caravan.support.secret.Secret;
import io.caravan.testing.GcsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** What holds for the client of each kind of destination alike, for all of them are one. */
class OneClientTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** For its tokens. */
    private static GcsServer google;

    private final List<String> inside = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer internal;
    private HttpServer server;

    @BeforeAll
    static void startGoogle() {
        google = GcsServer.start();
    }

    @AfterAll
    static void stopGoogle() {
        google.close();
    }

    @BeforeEach
    void start() throws IOException {
        internal = serve(exchange -> {
            inside.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        over.countDown();
        internal.stop(0);
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fhir", "s3", "gcs", "azure"})
    void a_server_inside_is_refused_by_the_setting_that_would_allow_it_and_hears_nothing(String kind)
            throws IOException {
        Meaning refused = failure(kind, address(internal), "127.0.0.1:" + google().getPort());

        assertThat(refused.code()).isEqualTo(ErrorCode.DESTINATION_UNREACHABLE);
        assertThat(refused.words()).contains("is a loopback address", "add 127.0.0.1 to caravan.http.allow");
        assertThat(inside).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fhir", "s3", "gcs", "azure"})
    void an_answer_that_drips_is_given_up_when_the_whole_took_too_long(String kind) throws IOException {
        server = serve(this::drip);
        Instant start = Instant.now();

        assertThat(failure(kind, address(server), "127.0.0.1").code()).isEqualTo(ErrorCode.DESTINATION_TIMEOUT);
        assertThat(asked).hasSize(1);
        assertThat(Duration.between(start, Instant.now())).isLessThan(LIMIT.plusSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fhir", "s3", "gcs", "azure"})
    void a_redirect_inside_leads_nowhere(String kind) throws IOException {
        for (int status : List.of(301, 302, 303, 307, 308)) {
            server = serve(exchange -> {
                asked.add(exchange.getRequestMethod());
                exchange.getResponseHeaders().add("Location", address(internal) + "/inside");
                exchange.sendResponseHeaders(status, -1);
                exchange.close();
            });
            String[] allowed = {"127.0.0.1:" + server.getAddress().getPort(), "127.0.0.1:" + google().getPort()};
            outcome(kind, address(server), allowed);
            server.stop(0);
        }
        assertThat(asked).as("each was asked").hasSizeGreaterThanOrEqualTo(5);
        assertThat(inside).isEmpty();
    }

    private void drip(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod());
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

    private static Meaning failure(String kind, URI endpoint, String... allowed) throws IOException {
        Meaning meaning = outcome(kind, endpoint, allowed);
        assertThat(meaning).isNotNull();
        return meaning;
    }

    /** What a first request of a test comes to: null where it is answered, whatever the answer. */
    private static Meaning outcome(String kind, URI endpoint, String... allowed) throws IOException {
        HttpSettings settings = new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(1), 5, List.of(), null);
        DestinationLimits limits = new DestinationLimits(LIMIT, LIMIT, LIMIT, LIMIT, 50, DataSize.ofMegabytes(1));
        try (BoundedHttp http =
                new BoundedHttp(new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, allowed), settings))) {
            return kind.equals("fhir") ? fhir(http, endpoint, limits) : store(kind, http, endpoint, limits);
        }
    }

    private static Meaning fhir(BoundedHttp http, URI base, DestinationLimits limits) {
        OAuthClient tokens = new OAuthClient(http, new OAuthSettings(LIMIT), Clock.systemUTC());
        FhirSettings settings = new FhirSettings(base, null, null, null, null, Map.of());
        FhirUnreachableException failure = catchThrowableOfType(
                FhirUnreachableException.class,
                () -> new FhirClients(http, tokens, limits)
                        .forTest(settings, Authorization.NONE)
                        .get("metadata"));
        return failure == null ? null : new Meaning(failure.code(), failure.getMessage(), true, false);
    }

    private static Meaning store(String kind, BoundedHttp http, URI endpoint, DestinationLimits limits) {
        StoreClients stores = new StoreClients(limits, new S3Clients(http), new AzureClients(http), http);
        try (ProbedStore store = stores.forTest(settings(kind, endpoint), credentials(kind))) {
            RuntimeException failure = catchThrowableOfType(RuntimeException.class, store::list);
            return failure == null ? null : StoreAnswers.explain(failure).orElseThrow(() -> failure);
        }
    }

    private static ObjectStorageSettings settings(String kind, URI endpoint) {
        String vendor = kind.equals("s3") ? "s3_compatible" : kind;
        URI base = kind.equals("azure") ? URI.create(endpoint + "/account") : endpoint;
        return new ObjectStorageSettings(vendor, base, null, "lake", null, "ndjson", null, null, null);
    }

    private static StorageCredentials credentials(String kind) {
        if (kind.equals("gcs")) {
            String keyFile = google.credentials().get("service_account_json");
            return new StorageCredentials(null, null, null, null, Secret.of(keyFile));
        }
        String secret = Base64.getEncoder().encodeToString("secret".getBytes(StandardCharsets.UTF_8));
        return new StorageCredentials("account", Secret.of(secret), null, null, null);
    }

    private static URI google() {
        return URI.create(google.endpoint());
    }

    private HttpServer serve(com.sun.net.httpserver.HttpHandler handler) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        started.setExecutor(threads);
        started.createContext("/", handler);
        started.start();
        return started;
    }

    private static URI address(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
