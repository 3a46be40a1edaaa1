package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceSimulator;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Google Cloud Storage with an HMAC key: reached as S3 is. */
class GoogleHmacIT extends FaultScenario {

    @Test
    void an_hmac_key_opens_a_bucket_at_an_s3_endpoint_without_a_region() {
        JsonNode saved = caravan.newDestination(google("lake", s3.secret())).ok();
        assertThat(saved.at("/settings/region").asText()).isEqualTo("auto");
        assertThat(saved.at("/settings/path_style").asBoolean()).isTrue();
        String destination = saved.path("id").asText();
        caravan.awaitRuns(destination, 1);
        try (SourceSimulator source = smallSource()) {
            pull(source, PATIENT);
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);

            statusIs(run, "succeeded");
            assertThat(delivered(s3, "lake", "google", run.path("id").asText()))
                    .isEqualTo(stored())
                    .hasSize(16);
        }
    }

    @Test
    void a_wrong_hmac_key_is_refused_in_words_that_google_s_users_know() {
        JsonNode refused =
                problem(caravan.newDestination(google("lake", "another secret")), 422, "destination_test_failed");

        JsonNode bucket = steps(refused).get("bucket");
        assertThat(bucket.path("detail").asText()).contains("SignatureDoesNotMatch");
        assertThat(bucket.path("advice").asText()).startsWith("Check the HMAC key");
    }

    private static Map<String, Object> google(String bucket, String secret) {
        return Map.of(
                "name",
                "Google",
                "type",
                "object_storage",
                "settings",
                Map.of(
                        "cloud_vendor",
                        "gcs",
                        "endpoint",
                        s3.endpoint().toString(),
                        "bucket",
                        bucket,
                        "prefix",
                        "google",
                        "file_type",
                        "ndjson"),
                "credentials",
                Map.of("access_key", s3.accessKey(), "secret", secret));
    }
}
