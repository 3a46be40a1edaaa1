package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FaultyAnswers;
import io.caravan.testing.OAuthGrant;
import io.caravan.testing.OAuthServer;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything at once that a bad day has: the sample arrives all the same, to the letter. */
@Tag("heavy")
class RoughSeaIT {

    private static final int SAMPLE = 8_392;
    private static final String CLIENT = "caravan";
    private static final String SECRET = "client-secret";

    /** Tokens live for less than a pull lasts, and every tenth request is told to wait a second. */
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(20);

    private static final String[] SETTINGS = {"--caravan.tokens.refresh-before=5s", "--caravan.pull.first-wait=100ms"};

    @TempDir
    Path dataDir;

    private OAuthServer oauth;
    private SourceSimulator source;
    private S3Server s3;

    @BeforeEach
    void start() {
        oauth = OAuthServer.start();
        // A token good for one use is lost with the answer that replaces it, where a kill comes between that and its
        // commit.
        oauth.clientWithLastingRefreshTokens(CLIENT, SECRET, TOKEN_LIFE);
        source = SourceSimulator.builder().synthea().seed(7).start();
        source.acceptTokens(oauth::accepts);
        s3 = S3Server.start();
        s3.createBucket("lake");
    }

    @AfterEach
    void stop() {
        s3.close();
        source.close();
        oauth.close();
    }

    @Test
    void through_errors_throttling_expiring_tokens_and_two_kills_each_pull_completes_and_the_store_equals_the_source() {
        FaultHandle broken = source.fail(request -> true)
                .with(FaultyAnswers.anyOf(500, 502, 503, 504))
                .chance(0.2);
        FaultHandle throttled =
                source.fail(request -> true).with(Fault.retryAfter(1)).every(10);
        List<String> pulls;
        CaravanProcess first = CaravanProcess.start(dataDir, SETTINGS);
        try {
            pulls = connectEverybody(first.driver());
            whenAnswered(100);
        } finally {
            first.kill();
        }
        CaravanProcess second = CaravanProcess.start(dataDir, SETTINGS);
        try {
            whenAnswered(250);
        } finally {
            second.kill();
        }
        try (CaravanProcess third = CaravanProcess.start(dataDir, SETTINGS)) {
            CaravanDriver caravan = third.driver();
            for (String id : pulls) {
                JsonNode pull = caravan.awaitPull(id);
                assertThat(caravan.tasks(id))
                        .allSatisfy(task -> assertThat(task.path("status").asText())
                                .as(task.toString())
                                .isEqualTo("done"));
                assertThat(pull.path("status").asText()).as(pull.toString()).isEqualTo("completed");
            }
            storeEqualsSource(caravan);
        }
        assertThat(source.traffic().insideWaits(Duration.ofMillis(500)))
                .as("asked within a Retry-After")
                .isEmpty();
        assertThat(broken.hits()).isGreaterThan(50);
        assertThat(throttled.hits()).isGreaterThan(25);
        // A token for each patient at least, for none of them lasts.
        assertThat(oauth.requests()).hasSizeGreaterThan(pulls.size());
    }

    private List<String> connectEverybody(CaravanDriver caravan) {
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> pulls = new ArrayList<>();
        for (String patient : source.patients()) {
            OAuthGrant grant = oauth.grant(CLIENT, "patient/*.read");
            Map<String, Object> credentials = new HashMap<>(grant.credentials(oauth));
            credentials.put("client_secret", SECRET);
            JsonNode connection = caravan.post(
                            caravan.path("/connections"),
                            Map.of("source_id", registered, "patient_id", patient, "credentials", credentials))
                    .ok();
            pulls.add(connection.at("/latest_pull/id").asText());
        }
        return pulls;
    }

    private void whenAnswered(int requests) {
        Awaitility.await(requests + " answers")
                .atMost(Duration.ofSeconds(180))
                .until(() -> source.count(request -> request.status() == 200) >= requests);
    }

    private void storeEqualsSource(CaravanDriver caravan) {
        String destination = caravan.newDestination(caravan.bucket("Lake", s3, "lake", "rough"))
                .ok()
                .path("id")
                .asText();
        JsonNode run = caravan.awaitRuns(destination, 1).get(0);
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("succeeded");
        Map<String, String> lines = new HashMap<>();
        for (String key : s3.keys("lake", "rough/run_")) {
            if (key.endsWith(".ndjson")) {
                for (String line : s3.lines("lake", key)) {
                    JsonNode json = CaravanDriver.parse(line);
                    String type = json.path("resourceType").asText();
                    String id = json.path("id").asText();
                    assertThat(line).isEqualTo(Compact.json(source.json(type, id)));
                    assertThat(lines.put(type + "/" + id, line)).isNull();
                }
            }
        }
        assertThat(lines).hasSize(SAMPLE);
        assertThat(source.size()).isEqualTo(SAMPLE);
    }
}
