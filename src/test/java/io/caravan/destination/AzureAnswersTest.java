package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClientBuilder;
import com.azure.storage.blob.models.BlobStorageException;
import com.sun.net.httpserver.HttpServer;
import io.caravan.destination.azure.AzureHttp;
import io.caravan.support.ErrorCode;
import io.caravan.support.net.BoundedHttp;
import io.caravan.support.net.GuardedHttpClients;
import io.caravan.support.net.HttpSettings;
import io.caravan.support.net.NetworkGuard;
import io.caravan.support.net.NetworkMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the SDK makes of answers, over the client that Caravan gives it, and what Caravan makes of that. */
class AzureAnswersTest {

    private static final String MESSAGE =
            "It is so.\nRequestId:8f2c3d1e-901e-0047-1c3a-5f0000000000\nTime:2026-01-01T00:00:00Z";

    private HttpServer server;
    private BoundedHttp http;
    private volatile int status;
    private volatile String error;
    private volatile String message = MESSAGE;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code><Message>%s</Message>"
                            + "<AuthenticationErrorDetail>string to sign</AuthenticationErrorDetail></Error>")
                    .formatted(error, message)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            if (error != null) {
                exchange.getResponseHeaders().set("x-ms-error-code", error);
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        http = new BoundedHttp(new GuardedHttpClients(
                NetworkGuard.of(NetworkMode.SELF_HOSTED, "127.0.0.1"),
                new HttpSettings(Duration.ofSeconds(5), Duration.ofSeconds(5), 5, List.of(), null)));
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(0);
        http.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "400, InvalidHeaderValue, DESTINATION_REFUSED, false, false",
                "400, Md5Mismatch, DESTINATION_ERROR, true, false",
                "401, none, DESTINATION_UNAUTHORIZED, false, true",
                "403, AuthenticationFailed, DESTINATION_UNAUTHORIZED, false, true",
                "403, KeyBasedAuthenticationNotPermitted, DESTINATION_UNAUTHORIZED, false, true",
                "403, AuthorizationFailure, DESTINATION_REFUSED, false, true",
                "403, AuthorizationPermissionMismatch, DESTINATION_REFUSED, false, true",
                "404, ContainerNotFound, DESTINATION_NOT_FOUND, false, true",
                "404, BlobNotFound, DESTINATION_REFUSED, false, false",
                "409, ContainerBeingDeleted, DESTINATION_ERROR, true, false",
                "409, BlobImmutableDueToPolicy, DESTINATION_REFUSED, false, false",
                "412, LeaseIdMissing, DESTINATION_REFUSED, false, false",
                "413, RequestBodyTooLarge, DESTINATION_REFUSED, false, false",
                "429, none, DESTINATION_THROTTLED, true, false",
                "500, InternalError, DESTINATION_ERROR, true, false",
                "500, OperationTimedOut, DESTINATION_ERROR, true, false",
                "503, ServerBusy, DESTINATION_THROTTLED, true, false",
            })
    void an_answer_means(int answered, String code, ErrorCode means, boolean again, boolean altogether) {
        Meaning meaning = upload(answered, code);

        assertThat(meaning.code()).isEqualTo(means);
        assertThat(meaning.again()).isEqualTo(again);
        assertThat(meaning.altogether()).isEqualTo(altogether);
        assertThat(meaning.words())
                .startsWith("The destination answered " + answered)
                .endsWith("It is so.")
                .doesNotContain("RequestId", "string to sign");
    }

    @Test
    void a_failure_whose_sentence_is_about_the_signature_is_one_of_credentials() {
        message = "Server failed to authenticate the request. Make sure it is signed.";

        assertThat(upload(403, "AuthorizationFailure").code()).isEqualTo(ErrorCode.DESTINATION_UNAUTHORIZED);
    }

    @Test
    void no_answer_is_told_in_the_guards_or_the_networks_words_and_without_the_address() {
        server.stop(0);

        assertThat(upload(0, null))
                .isEqualTo(Meaning.unreachable("it refuses connections"))
                .extracting(Meaning::again)
                .isEqualTo(true);
    }

    private Meaning upload(int answered, String code) {
        status = answered;
        error = code;
        try {
            new BlobClientBuilder()
                    .endpoint("http://127.0.0.1:%d/account"
                            .formatted(server.getAddress().getPort()))
                    .httpClient(new AzureHttp(http, Duration.ofSeconds(5)))
                    .retryOptions(AzureClients.ONE_TRY)
                    .sasToken("sv=1&sig=secret")
                    .containerName("lake")
                    .blobName("a/b")
                    .buildClient()
                    .upload(BinaryData.fromString("x"));
            throw new AssertionError("was taken");
        } catch (BlobStorageException e) {
            return StoreAnswers.explain(e).orElseThrow();
        } catch (RuntimeException e) {
            assertThat(e).hasStackTraceContaining("NoAnswer");
            return StoreAnswers.explain(e).orElseThrow();
        }
    }
}
