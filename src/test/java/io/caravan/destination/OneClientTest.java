package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravan.destination.fhir.Authorization;
import io.caravan.destination.fhir.FhirUnreachableException;
import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.net.Permits;
import io.caravan.support.oauth.OAuthClient;
import io.caravan.support.oauth.OAuthSettings;
import io.caravan.support.secret.Secret;
import io.caravan.testing.GcsServer;
import java.io.ByteArrayInputStream;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.util.ObjectHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** What holds for the client of each kind of destination alike, for all of them are one. */
class OneClientTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final DestinationLimits LIMITS =
            new DestinationLimits(LIMIT, LIMIT, LIMIT, LIMIT, 50, DataSize.ofMegabytes(1));

    /** For its tokens. */
    private static GcsServer google;

    private final List<String> inside = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Permits permits = new Permits();
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

    @ParameterizedTest
    @ValueSource(strings = {"fhir", "s3", "gcs", "azure"})
    void a_thread_whose_lease_is_lost_sends_nothing(String kind) throws IOException {
        server = serve(exchange -> asked.add(exchange.getRequestMethod()));
        permits.require(OneClientTest::refuse);

        try (BoundedHttp http = http("127.0.0.1")) {
            Throwable thrown = catchThrowable(() -> request(kind, http, address(server)));

            assertThat(lostLease(thrown)).as("%s", thrown).isTrue();
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void an_upload_in_parts_ends_with_the_lease() throws IOException {
        google.createBucket("lake");
        byte[] content = new byte[12 << 20];
        AtomicInteger left = new AtomicInteger(3); // for a token, a session and the first of three parts
        permits.require(() -> {
            if (left.getAndDecrement() <= 0) {
                refuse();
            }
        });
        try (BoundedHttp http = http("127.0.0.1")) {
            Storage store = (Storage) stores(http)
                    .open(settings("gcs", google()), credentials("gcs"))
                    .client();
            BlobInfo object = BlobInfo.newBuilder("lake", "large")
                    .setMd5(Base64.getEncoder().encodeToString(new byte[16]))
                    .build();

            Throwable thrown = catchThrowable(() -> store.createFrom(object, new ByteArrayInputStream(content)));

            assertThat(lostLease(thrown)).as("%s", thrown).isTrue();
            assertThat(left).as("it was asked for more").hasNegativeValue();
            assertThat(google.keys("lake", "")).isEmpty();
        }
    }

    private static void refuse() {
        throw new CaravanException(ErrorCode.LEASE_LOST, "Another node has it.");
    }

    private static boolean lostLease(Throwable thrown) {
        CaravanException known = ObjectHelper.getException(CaravanException.class, thrown);
        return known != null && known.code() == ErrorCode.LEASE_LOST;
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

    private Meaning failure(String kind, URI endpoint, String... allowed) throws IOException {
        Meaning meaning = outcome(kind, endpoint, allowed);
        assertThat(meaning).isNotNull();
        return meaning;
    }

    /** What a first request of a test comes to: null where it is answered, whatever the answer. */
    private Meaning outcome(String kind, URI endpoint, String... allowed) throws IOException {
        try (BoundedHttp http = http(allowed)) {
            return kind.equals("fhir") ? fhir(http, endpoint) : store(kind, http, endpoint);
        }
    }

    private BoundedHttp http(String... allowed) {
        HttpSettings settings = new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(1), 5, List.of(), null);
        return new BoundedHttp(
                new GuardedHttpClients(NetworkGuard.of(NetworkMode.SELF_HOSTED, allowed), settings, permits));
    }

    private static Meaning fhir(BoundedHttp http, URI base) {
        FhirUnreachableException failure =
                catchThrowableOfType(FhirUnreachableException.class, () -> request("fhir", http, base));
        return failure == null ? null : new Meaning(failure.code(), failure.getMessage(), true, false);
    }

    private static Meaning store(String kind, BoundedHttp http, URI endpoint) {
        RuntimeException failure = catchThrowableOfType(RuntimeException.class, () -> request(kind, http, endpoint));
        return failure == null ? null : StoreAnswers.explain(failure).orElseThrow(() -> failure);
    }

    private static void request(String kind, BoundedHttp http, URI endpoint) {
        if (kind.equals("fhir")) {
            OAuthClient tokens = new OAuthClient(http, new OAuthSettings(LIMIT), Clock.systemUTC());
            FhirSettings settings = new FhirSettings(endpoint, null, null, null, null, Map.of());
            new FhirClients(http, tokens, LIMITS)
                    .forTest(settings, Authorization.NONE)
                    .get("metadata");
            return;
        }
        try (ProbedStore store = stores(http).forTest(settings(kind, endpoint), credentials(kind))) {
            store.list();
        }
    }

    private static StoreClients stores(BoundedHttp http) {
        return new StoreClients(LIMITS, new S3Clients(http), new AzureClients(http), http);
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
