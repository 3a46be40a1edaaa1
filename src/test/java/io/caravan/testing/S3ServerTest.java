package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ServerTest {

    private static final String KEY = "runs/1/Patient 1+ü.ndjson";

    @TempDir
    Path folder;

    private S3Server server;
    private S3Client client;

    @BeforeEach
    void start() {
        server = S3Server.start(folder);
        server.createBucket("exports");
        client = server.client();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_folder_may_be_given_relative_to_where_the_process_runs() throws Exception {
        Path relative = Path.of(".", "target", "s3-relative-" + System.nanoTime());
        try (S3Server server = S3Server.start(relative)) {
            server.createBucket("lake");
            assertThat(relative.resolve("lake")).isDirectory();
        }
    }

    @Test
    void an_object_lies_where_the_server_says() throws Exception {
        put("one\ntwo ü\n");

        assertThat(server.file("exports", KEY))
                .isEqualTo(folder.resolve("exports").resolve(KEY));
        assertThat(Files.readString(server.file("exports", KEY))).isEqualTo("one\ntwo ü\n");
        assertThat(server.bytes("exports", KEY)).isEqualTo("one\ntwo ü\n".getBytes(StandardCharsets.UTF_8));
        assertThat(server.lines("exports", KEY)).containsExactly("one", "two ü");
        assertThat(server.keys("exports", "runs/")).containsExactly(KEY);
        assertThat(server.keys("exports", "runs/2")).isEmpty();
        assertThat(client.getObjectAsBytes(get -> get.bucket("exports").key(KEY))
                        .asUtf8String())
                .isEqualTo("one\ntwo ü\n");
    }

    @Test
    void all_keys_are_listed_however_many_pages_they_fill() {
        for (int i = 0; i < 1_001; i++) {
            write("many/%04d".formatted(i));
        }

        assertThat(server.keys("exports", "many/")).hasSize(1_001).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void a_wrong_secret_is_refused_and_written_down() {
        try (S3Client stranger = server.client(server.accessKey(), "wrong")) {
            S3Exception refused = catchThrowableOfType(S3Exception.class, () -> put(stranger, "x"));

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("SignatureDoesNotMatch");
        }
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.isPut()).isTrue();
            assertThat(request.isFor("exports", KEY)).isTrue();
            assertThat(request.status()).isEqualTo(403);
        });
        assertThat(server.keys("exports", "")).isEmpty();
    }

    @Test
    void an_unknown_access_key_is_refused() {
        try (S3Client stranger = server.client("nobody", server.secret())) {
            S3Exception refused = catchThrowableOfType(S3Exception.class, () -> put(stranger, "x"));

            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("InvalidAccessKeyId");
        }
    }

    @Test
    void a_deleted_bucket_is_missing() {
        put("x");
        server.deleteBucket("exports");

        assertThatThrownBy(() -> put("x"))
                .isInstanceOfSatisfying(
                        NoSuchBucketException.class,
                        missing -> assertThat(missing.statusCode()).isEqualTo(404));
        assertThatThrownBy(() -> client.headBucket(head -> head.bucket("exports")))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        missing -> assertThat(missing.statusCode()).isEqualTo(404));
        assertThat(folder.resolve("exports")).doesNotExist();
    }

    @Test
    void uploads_fail_as_often_as_told() {
        server.failPuts(403, 1);

        assertThatThrownBy(() -> put("x"))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.awsErrorDetails().errorCode())
                                .isEqualTo("AccessDenied"));
        put("x");
        assertThat(server.requests()).extracting(S3Request::status).containsExactly(403, 200);
    }

    @Test
    void a_client_that_retries_gets_past_a_busy_server() {
        server.failPuts(503, 2);

        put("x");

        assertThat(server.requests(S3Request::isPut))
                .extracting(S3Request::status)
                .containsExactly(503, 503, 200);
        server.forgetRequests();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void a_held_upload_is_stored_when_it_is_released() {
        server.hold();
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> put("late"));
        await().until(() -> server.held() == 1);

        assertThat(server.keys("exports", "")).isEmpty();
        assertThat(server.requests()).isEmpty();

        server.release();
        upload.join();
        assertThat(server.lines("exports", KEY)).containsExactly("late");
        assertThat(server.held()).isZero();
    }

    @Test
    void closing_does_not_wait_for_held_uploads() {
        server.hold();
        CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> put("late"));
        await().until(() -> server.held() == 1);

        server.close();

        await().until(upload::isDone);
    }

    @Test
    void a_truncated_object_is_answered_like_a_whole_one() {
        server.truncatePuts(1);

        put("one\ntwo\n");
        assertThat(server.bytes("exports", KEY)).isEqualTo("one\ntwo".getBytes(StandardCharsets.UTF_8));
        assertThat(client.headObject(head -> head.bucket("exports").key(KEY)).contentLength())
                .isEqualTo(7);

        put("one\ntwo\n");
        assertThat(server.bytes("exports", KEY)).hasSize(8);
        assertThat(server.requests(S3Request::isPut))
                .extracting(S3Request::status)
                .containsExactly(200, 200);
    }

    @Test
    void parts_make_one_object() {
        byte[] part = new byte[5 * 1024 * 1024];
        String upload = client.createMultipartUpload(
                        create -> create.bucket("exports").key("big"))
                .uploadId();
        CompletedPart[] parts = new CompletedPart[2];
        for (int i = 0; i < parts.length; i++) {
            int number = i + 1;
            String etag = client.uploadPart(
                            put -> put.bucket("exports")
                                    .key("big")
                                    .uploadId(upload)
                                    .partNumber(number),
                            RequestBody.fromBytes(part))
                    .eTag();
            parts[i] = CompletedPart.builder().partNumber(number).eTag(etag).build();
        }
        client.completeMultipartUpload(complete ->
                complete.bucket("exports").key("big").uploadId(upload).multipartUpload(done -> done.parts(parts)));

        assertThat(server.file("exports", "big")).hasSize(2L * part.length);
        assertThat(server.keys("exports", "")).containsExactly("big");
        assertThat(server.count(S3Request::isPut)).isEqualTo(2);
    }

    @Test
    void objects_outlive_the_server_in_a_given_folder_and_not_in_a_temporary_one() {
        put("x");
        server.close();
        try (S3Server again = S3Server.start(folder)) {
            assertThat(again.keys("exports", "")).containsExactly(KEY);
        }
        S3Server passing = S3Server.start();
        passing.createBucket("exports");
        assertThat(passing.folder()).isNotEmptyDirectory();
        passing.close();
        assertThat(passing.folder()).doesNotExist();
    }

    private void put(String text) {
        put(client, text);
    }

    private static void put(S3Client client, String text) {
        client.putObject(put -> put.bucket("exports").key(KEY), RequestBody.fromString(text));
    }

    private void write(String key) {
        try {
            Files.createDirectories(server.file("exports", key).getParent());
            Files.writeString(server.file("exports", key), key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
