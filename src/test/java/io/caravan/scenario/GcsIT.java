package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CloudServer;
import io.caravan.testing.GcsServer;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Google Cloud Storage as a service account, over its JSON API. */
class GcsIT extends CloudScenario {

    private static GcsServer google;
    private static Map<String, String> stranger;

    @BeforeAll
    static void startGoogle() {
        google = GcsServer.start();
        google.createBucket(BUCKET);
        stranger = google.strangersCredentials();
    }

    @AfterAll
    static void stopGoogle() {
        google.close();
    }

    @Override
    CloudServer server() {
        return google;
    }

    @Override
    Map<String, String> wrongCredentials() {
        return stranger;
    }

    @Override
    List<String> secrets() {
        return google.secrets();
    }

    @Test
    void an_upload_that_google_sends_to_another_server_is_not_followed_with_the_token() {
        try (GcsServer other = GcsServer.start()) {
            google.sendUploadsTo(URI.create(other.endpoint()));
            JsonNode run = runOfAPull(() -> {});

            statusIs(run, "failed");
            failedWith(run, "destination_unreachable");
            assertThat(run.at("/error/message").asText()).contains("another server than its own");
            assertThat(other.puts()).isZero();
        } finally {
            google.sendUploadsTo(URI.create(google.endpoint()));
        }
    }

    @Test
    void what_is_no_key_file_is_refused_and_not_repeated() {
        for (String wrong : List.of(
                "{\"private_key\": \"word-of-honour\"",
                "{\"type\": \"external_account\", \"credential_source\": {\"executable\": {\"command\": \"/bin/id\"}}}",
                google.credentials().get("service_account_json").replace("BEGIN PRIVATE", "BEGIN NO"))) {
            Map<String, Object> body = new HashMap<>(body(BUCKET, Map.of("service_account_json", wrong)));
            JsonNode refused = problem(caravan.newDestination(body), 422, "invalid_field");
            assertThat(refused.at("/errors/0/field").asText()).isEqualTo("credentials.service_account_json");
            assertThat(refused.toString()).doesNotContain("word-of-honour", "/bin/id");
        }
    }
}
