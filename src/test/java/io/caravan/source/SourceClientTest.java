package io.caravan.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravan.support.ErrorCode;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import io.caravan.support.payload.Payloads;
import io.caravan.support.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class SourceClientTest {

    private static final String TOKEN = "token-of-this-patient";
    private static final Map<String, String> FHIR_JSON = Map.of("Accept", "application/fhir+json");
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path folder;

    private final RawServer server = new RawServer();
    private final CountDownLatch over = new CountDownLatch(1);
    private final BoundedHttp http = new BoundedHttp(new GuardedHttpClients(
            NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1", "localhost"),
            new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(60), 20, List.of(), null)));

    @AfterEach
    void close() throws IOException {
        over.countDown();
        http.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/r4/Observation?code=http://loinc.org|1234-5,http://loinc.org|9",
                "/r4/Observation?code=a%2Cb%7Cc%7cd%20e+f",
                "/r4?q='\"<>{}^`\\[]!$&()*;=:@~",
                "/r4?empty=&=&&%&%zz",
                "/r4/../r4/./Observation//?page=2",
                "/?page=2",
            })
    void the_request_target_is_the_link_byte_for_byte(String target) {
        String page = server.base() + "/r4/Observation?page=1";

        get(server.base(), PageLinks.follow(page, server.base() + target, Optional.empty()));

        assertThat(requestLine()).isEqualTo("GET " + target + " HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/r4?name=Zoë, /r4?name=Zo%C3%AB",
        "/r4?name=a b, /r4?name=a%20b",
        "/r4?name=😀, /r4?name=%F0%9F%98%80",
        "/r4?page=2#part, /r4?page=2",
        "?page=2, /?page=2",
    })
    void only_what_would_break_the_request_line_is_encoded(String link, String target) {
        get(server.base(), server.base() + link);

        assertThat(requestLine()).isEqualTo("GET " + target + " HTTP/1.1");
    }

    @Test
    void a_line_end_in_a_link_starts_no_header() {
        get(server.base(), server.base() + "/r4?a=1\r\nX-Injected: yes");

        assertThat(requestLine()).isEqualTo("GET /r4?a=1%0D%0AX-Injected:%20yes HTTP/1.1");
        assertThat(server.heads().get(0)).doesNotContain("\nX-Injected");
    }

    @Test
    void the_token_goes_to_the_origin_of_the_source() {
        get(server.base() + "/r4", server.base() + "/elsewhere?page=2");

        assertThat(server.heads().get(0))
                .contains("Authorization: Bearer " + TOKEN + "\r\n")
                .contains("Accept: application/fhir+json\r\n");
    }

    @Test
    void the_token_goes_to_no_other_origin() {
        try (RawServer other = new RawServer()) {
            get(other.base() + "/r4", server.base() + "/r4?page=2");
            get(server.base().replace("127.0.0.1", "localhost"), server.base() + "/r4?page=2");
            get(server.base().replace("http:", "https:"), server.base() + "/r4?page=2");
        }

        assertThat(server.heads()).hasSize(3).noneMatch(head -> head.contains(TOKEN) || head.contains("Authorization"));
    }

    @Test
    void without_a_token_nothing_is_authorized() {
        client(64, Duration.ofSeconds(30))
                .answer(new SourceClient.Request(server.base(), server.base() + "/r4", Map.of(), Optional.empty()));

        assertThat(server.heads().get(0)).doesNotContain("Authorization");
    }

    @Test
    void a_request_says_what_it_is_told_and_no_more_and_asks_for_strict_handling_unless_told_otherwise() {
        SourceClient client = client(64, Duration.ofSeconds(30));
        client.answer(new SourceClient.Request(server.base(), server.base() + "/r4", Map.of(), Optional.empty()));
        client.answer(new SourceClient.Request(
                server.base(),
                server.base() + "/r4",
                Map.of("Accept", "application/json+fhir", "Prefer", "handling=lenient"),
                Optional.empty()));

        assertThat(server.heads().get(0))
                .contains("Prefer: handling=strict\r\n")
                .doesNotContain("Accept:");
        assertThat(server.heads().get(1))
                .contains("Accept: application/json+fhir\r\n")
                .contains("Prefer: handling=lenient\r\n")
                .doesNotContain("strict");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_to_another_origin_is_refused(int status) {
        try (RawServer other = new RawServer()) {
            server.answers(RawServer.text(status + " Moved", "Location: " + other.base() + "/r4\r\n", ""));

            SourceException refused = failure(client(64, Duration.ofSeconds(30)));

            assertThat(refused.code()).isEqualTo(ErrorCode.REDIRECT_REFUSED);
            assertThat(refused).hasMessageContaining("another server, 127.0.0.1");
            assertThat(other.heads()).isEmpty();
            assertThat(server.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_within_the_origin_is_followed_byte_for_byte_with_the_token(int status) {
        server.answers(
                RawServer.text(status + " Moved", "Location: /new/r4?c=a|b\r\n", ""),
                RawServer.text("200 OK", "", "{\"a\":1}"));

        assertThat(get(server.base(), server.base() + "/r4")).isEqualTo("{\"a\":1}");

        assertThat(server.heads()).hasSize(2);
        assertThat(server.heads().get(1))
                .startsWith("GET /new/r4?c=a|b HTTP/1.1")
                .contains("Bearer " + TOKEN);
    }

    @Test
    void redirects_without_end_are_given_up() {
        server.answers(RawServer.text("302 Found", "Location: /r4\r\n", ""));

        SourceException refused = failure(client(64, Duration.ofSeconds(30)));

        assertThat(refused.code()).isEqualTo(ErrorCode.REDIRECT_REFUSED);
        assertThat(server.heads()).hasSize(6);
    }

    @Test
    void an_encoding_that_was_not_asked_for_is_named() {
        server.answers(RawServer.text("200 OK", "Content-Encoding: br\r\n", "?"));

        SourceException refused = failure(client(64, Duration.ofSeconds(30)));

        assertThat(refused.code()).isEqualTo(ErrorCode.SOURCE_NOT_FHIR);
        assertThat(refused).hasMessageContaining("Content-Encoding");
    }

    @Test
    void an_answer_that_asks_to_wait_is_understood_and_not_asked_again() {
        server.answers(RawServer.text("429 Too Many Requests", "Retry-After: 17\r\n", "slow down"));

        SourceException throttled = failure(client(64, Duration.ofSeconds(30)));

        assertThat(throttled.code()).isEqualTo(ErrorCode.SOURCE_THROTTLED);
        assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(17));
        assertThat(server.heads()).hasSize(1);
    }

    @Test
    void line_19_a_source_may_be_silent_for_longer_than_other_servers() throws IOException {
        CountDownLatch late = new CountDownLatch(1);
        server.answers(out -> {
            late.await(1, TimeUnit.SECONDS);
            RawServer.text("200 OK", "", "{}").write(out);
        });
        try (BoundedHttp impatient = new BoundedHttp(new GuardedHttpClients(
                NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"),
                new HttpSettings(Duration.ofSeconds(5), Duration.ofMillis(100), 20, List.of(), null)))) {
            SourceSettings patient =
                    new SourceSettings(DataSize.ofMegabytes(1), DataSize.ofKilobytes(256), Duration.ofSeconds(30));

            assertThat(new SourceClient(impatient, new Payloads(folder), patient, Clock.systemUTC())
                            .answer(request())
                            .body()
                            .bytes())
                    .hasSize(2);
        }
    }

    @Test
    void a_zipped_page_is_unzipped() throws IOException {
        byte[] zipped = gzip("{\"zipped\":true}".getBytes(StandardCharsets.UTF_8));
        server.answers(out -> {
            head(out, "Content-Encoding: gzip\r\nContent-Length: " + zipped.length + "\r\n");
            out.write(zipped);
        });

        assertThat(get(server.base(), server.base() + "/r4")).isEqualTo("{\"zipped\":true}");
        assertThat(server.heads().get(0)).containsIgnoringCase("Accept-Encoding: gzip");
    }

    @Test
    void a_zipped_page_counts_with_what_it_holds() throws IOException {
        byte[] zipped = gzip(new byte[3 * MEGABYTE]);
        server.answers(out -> {
            head(out, "Content-Encoding: gzip\r\nContent-Length: " + zipped.length + "\r\n");
            out.write(zipped);
        });

        assertThat(zipped).hasSizeLessThan(MEGABYTE / 10);
        assertThat(failure(client(1, Duration.ofSeconds(30))).code()).isEqualTo(ErrorCode.PAGE_TOO_LARGE);
    }

    @Test
    void a_page_at_the_limit_is_read_and_one_beyond_it_is_not() {
        server.answers(RawServer.text("200 OK", "", "x".repeat(MEGABYTE)));
        assertThat(client(1, Duration.ofSeconds(30)).answer(request()).body().length())
                .isEqualTo(MEGABYTE);

        server.answers(RawServer.text("200 OK", "", "x".repeat(MEGABYTE + 1)));
        SourceException large = failure(client(1, Duration.ofSeconds(30)));

        assertThat(large.code()).isEqualTo(ErrorCode.PAGE_TOO_LARGE);
        assertThat(large.again()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 9000000000\r\n", "Transfer-Encoding: chunked\r\n", ""})
    void an_endless_page_is_given_up_at_the_limit_and_not_read_to_its_end(String framing) {
        AtomicLong written = new AtomicLong();
        CountDownLatch hungUp = new CountDownLatch(1);
        byte[] piece = (framing.contains("chunked") ? "8000\r\n" + "x".repeat(0x8000) + "\r\n" : "x".repeat(0x8000))
                .getBytes(StandardCharsets.US_ASCII);
        server.answers(out -> {
            try {
                head(out, framing);
                while (over.getCount() > 0) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                }
            } finally {
                hungUp.countDown();
            }
        });

        SourceException large = failure(client(1, Duration.ofSeconds(5)));

        assertThat(large.code()).isEqualTo(ErrorCode.PAGE_TOO_LARGE);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> hungUp.getCount() == 0);
        assertThat(written.get()).isLessThan(32L * MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"body", "head"})
    void an_answer_that_drips_is_given_up_when_its_time_is_over(String dripping) {
        server.answers(out -> {
            if (dripping.equals("body")) {
                head(out, "Content-Length: 100000\r\n");
            } else {
                out.write("HTTP/1.1 200 OK\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            }
            while (!over.await(20, TimeUnit.MILLISECONDS)) {
                out.write('x');
                out.flush();
            }
        });
        long before = System.nanoTime();

        SourceException late = failure(client(64, Duration.ofMillis(400)));

        assertThat(late.code()).isEqualTo(ErrorCode.SOURCE_TIMEOUT);
        assertThat(late.again()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"})
    void an_answer_that_breaks_off_is_no_page(String framing) {
        server.answers(out -> {
            head(out, framing);
            out.write("5\r\nhello".getBytes(StandardCharsets.US_ASCII));
        });

        SourceException broken = failure(client(64, Duration.ofSeconds(30)));

        assertThat(broken.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
        assertThat(broken.again()).isTrue();
    }

    @Test
    void a_source_that_is_not_there_is_tried_again() {
        server.close();

        SourceException absent = failure(client(64, Duration.ofSeconds(30)));

        assertThat(absent.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
        assertThat(absent.again()).isTrue();
    }

    private SourceException failure(SourceClient client) {
        return catchThrowableOfType(SourceException.class, () -> client.answer(request()));
    }

    private SourceClient.Request request() {
        return new SourceClient.Request(
                server.base(), server.base() + "/r4?patient=1", FHIR_JSON, Optional.of(Secret.of(TOKEN)));
    }

    private String get(String base, String url) {
        byte[] body = client(64, Duration.ofSeconds(30))
                .answer(new SourceClient.Request(base, url, FHIR_JSON, Optional.of(Secret.of(TOKEN))))
                .body()
                .bytes();
        return new String(body, StandardCharsets.UTF_8);
    }

    private SourceClient client(int megabytes, Duration exchangeLimit) {
        SourceSettings settings =
                new SourceSettings(DataSize.ofMegabytes(megabytes), DataSize.ofKilobytes(256), exchangeLimit);
        return new SourceClient(http, new Payloads(folder), settings, Clock.systemUTC());
    }

    private String requestLine() {
        return server.heads().get(0).split("\r\n")[0];
    }

    private static void head(OutputStream out, String headers) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\n" + headers + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        }
        return zipped.toByteArray();
    }
}
