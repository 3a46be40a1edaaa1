package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CloudServer;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** What every cloud's object storage is held to; one subclass a cloud, with its server. */
abstract class CloudScenario extends FaultScenario {

    static final String BUCKET = "lake";
    private static final int PATIENTS = 4;
    private static final int FILES = 6;
    private static final int RESOURCES = 16;

    @Autowired
    private CamelContext camel;

    @Value("${caravan.data-dir}")
    private Path dataDir;

    CloudServer cloud;
    String prefix;

    /** The one server of the class, started with the bucket {@link #BUCKET}. */
    abstract CloudServer server();

    /** Credentials like the right ones, and not the right ones. */
    abstract Map<String, String> wrongCredentials();

    /** What of the credentials nobody may find anywhere. */
    abstract List<String> secrets();

    @BeforeEach
    void aPlaceOfItsOwn() {
        cloud = server();
        prefix = "out-" + caravan.org();
    }

    @AfterEach
    void letGo() {
        cloud.release();
    }

    @Test
    void the_sample_arrives_whole_and_counts_and_digests_add_up() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            String registered =
                    caravan.newSource("General", source.baseUrl()).path("id").asText();
            List<String> pulls = source.patients().stream()
                    .limit(PATIENTS)
                    .map(patient -> caravan.connect(registered, patient, null)
                            .ok()
                            .at("/latest_pull/id")
                            .asText())
                    .toList();
            pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));
            JsonNode run = caravan.awaitRuns(newDestination(), 1).get(0);

            statusIs(run, "succeeded");
            List<String> stored = stored();
            assertThat(stored).hasSizeGreaterThan(1_000);
            assertThat(run.at("/resources/selected").asInt()).isEqualTo(stored.size());
            assertThat(run.at("/resources/delivered").asInt()).isEqualTo(stored.size());
            assertThat(run.at("/patients/delivered").asInt()).isEqualTo(PATIENTS);
            assertThat(delivered(run)).containsExactlyInAnyOrderElementsOf(stored);
            theManifestIsTrue(run, stored.size());
        }
    }

    @Test
    void gzip_files_arrive_as_the_manifest_says_and_one_that_lost_its_end_is_sent_again() {
        Map<String, Object> body = new HashMap<>(body(BUCKET, cloud.credentials()));
        Map<String, Object> settings = new HashMap<>(CaravanDriver.settings(body));
        settings.put("file_type", "ndjson_gz");
        body.put("settings", settings);
        String destination = saved(body);
        caravan.awaitRuns(destination, 1);
        cloud.truncatePuts(1);
        try (SourceSimulator source = smallSource()) {
            statusIs(pull(source, PATIENT), "completed");
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);

            statusIs(run, "succeeded");
            assertThat(attempts(run)).isEqualTo(FILES + 1 + 1);
            assertThat(references(BUCKET, run, ".ndjson.gz"))
                    .isEqualTo(stored())
                    .hasSize(RESOURCES);
            assertThat(cloud.bytes(BUCKET, firstKey(run))).startsWith(0x1f, 0x8b);
            theManifestIsTrue(run, RESOURCES);
        }
    }

    private String firstKey(JsonNode run) {
        return cloud.keys(BUCKET, prefix + "/" + run.path("id").asText() + "/").get(0);
    }

    @Test
    void a_test_says_step_by_step_what_is_wrong_and_leaves_nothing_behind() {
        Map<String, JsonNode> steps = steps(tested(body(BUCKET, cloud.credentials())));
        assertThat(steps.values())
                .allSatisfy(step -> assertThat(step.path("outcome").asText()).isIn("passed", "warning"));
        assertThat(steps).containsKeys("name", "tls", "bucket", "write-probe", "read-probe", "delete-probe");
        assertThat(cloud.keys(BUCKET, "")).noneMatch(key -> key.contains("probe"));

        JsonNode wrong =
                problem(caravan.newDestination(body(BUCKET, wrongCredentials())), 422, "destination_test_failed");
        failedAt("bucket", wrong, "Check");
        assertThat(wrong.toString()).doesNotContain(wrongCredentials().values());

        JsonNode missing = problem(
                caravan.newDestination(body("no-such-bucket", cloud.credentials())), 422, "destination_test_failed");
        failedAt("bucket", missing, "Create the");
        assertThat(steps(missing).get("write-probe").path("outcome").asText()).isEqualTo("skipped");
    }

    @Test
    void a_bucket_that_disappeared_fails_the_run_and_a_retry_delivers_all_once_it_is_back() {
        String bucket = "vanishing-lake";
        cloud.createBucket(bucket);
        String destination = saved(body(bucket, cloud.credentials()));
        caravan.awaitRuns(destination, 1);
        cloud.deleteBucket(bucket);
        try (SourceSimulator source = smallSource()) {
            statusIs(pull(source, PATIENT), "completed");
            JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
            statusIs(failed, "failed");
            failedWith(failed, "destination_not_found");

            cloud.createBucket(bucket);
            JsonNode retried = retry(failed);

            statusIs(retried, "succeeded");
            assertThat(deliveredTo(bucket, retried)).isEqualTo(stored()).hasSize(RESOURCES);
        }
    }

    @Test
    void a_store_that_is_busy_twice_is_asked_again_and_the_run_succeeds() {
        JsonNode run = runOfAPull(() -> cloud.failPuts(503, 2));

        statusIs(run, "succeeded");
        assertThat(attempts(run)).isEqualTo(FILES + 1 + 2);
        assertThat(delivered(run)).isEqualTo(stored()).hasSize(RESOURCES);
    }

    @Test
    void a_store_that_asks_to_be_left_alone_gets_no_upload_until_then() {
        AtomicInteger before = new AtomicInteger();
        JsonNode run = runOfAPull(() -> {
            before.set(cloud.puts());
            cloud.askToWait(2);
            cloud.failPuts(503, 1);
        });

        statusIs(run, "succeeded");
        List<Instant> puts = cloud.putsAt().subList(before.get(), cloud.putsAt().size());
        assertThat(puts).hasSizeGreaterThanOrEqualTo(FILES + 1 + 1);
        assertThat(Duration.between(puts.get(0), puts.get(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        cloud.askToWait(0);
    }

    @Test
    void an_upload_that_lost_its_last_byte_is_noticed_and_sent_again() {
        JsonNode run = runOfAPull(() -> cloud.truncatePuts(1));

        statusIs(run, "succeeded");
        assertThat(attempts(run)).isEqualTo(FILES + 1 + 1);
        assertThat(delivered(run)).isEqualTo(stored()).hasSize(RESOURCES);
        theManifestIsTrue(run, RESOURCES);
    }

    @Test
    void new_credentials_are_used_at_once_and_the_old_client_is_gone() {
        String destination = newDestination();
        caravan.awaitRuns(destination, 1);
        Map<String, String> old = cloud.credentials();
        cloud.rotate();
        try (SourceSimulator source = smallSource()) {
            statusIs(pull(source, PATIENT), "completed");
            JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
            statusIs(failed, "failed");
            failedWith(failed, "destination_unauthorized");
            Set<String> before = clients(destination);
            assertThat(before).hasSize(1);

            problem(patch(destination, old), 422, "destination_test_failed");
            assertThat(patch(destination, cloud.credentials()).status()).isEqualTo(200);
            JsonNode retried = retry(failed);

            statusIs(retried, "succeeded");
            assertThat(delivered(retried)).isEqualTo(stored()).hasSize(RESOURCES);
            assertThat(clients(destination)).hasSize(1).doesNotContainAnyElementsOf(before);
        }
    }

    @Test
    void a_cancelled_run_takes_back_its_objects() {
        String destination = newDestination();
        caravan.awaitRuns(destination, 1);
        try (SourceSimulator source = smallSource()) {
            cloud.hold();
            pull(source, PATIENT);
            Awaitility.await("an upload under way")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> cloud.held() > 0);
            String run = caravan.runs(destination).get(0).path("id").asText();
            assertThat(caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of())
                            .status())
                    .isEqualTo(202);
            cloud.release();

            statusIs(caravan.awaitRun(run), "cancelled");
            assertThat(cloud.puts()).isPositive();
            assertThat(cloud.keys(BUCKET, prefix + "/" + run)).isEmpty();
        }
    }

    @Test
    void what_is_gone_arrives_as_files_of_deletions() {
        String destination = newDestination();
        caravan.awaitRuns(destination, 1);
        try (SourceSimulator source = smallSource()) {
            String connection = pull(source, PATIENT).path("connection_id").asText();
            statusIs(caravan.awaitRuns(destination, 2).get(0), "succeeded");
            source.remove("Observation", "observation1");
            caravan.awaitPull(caravan.pullNow(connection));
            JsonNode run = caravan.awaitRuns(destination, 3).get(0);

            statusIs(run, "succeeded");
            String folder = prefix + "/" + run.path("id").asText() + "/";
            assertThat(cloud.keys(BUCKET, folder))
                    .containsExactly(folder + "deleted/Observation-0001.ndjson", folder + "manifest.json");
            assertThat(cloud.lines(BUCKET, folder + "deleted/Observation-0001.ndjson"))
                    .singleElement()
                    .asString()
                    .contains("Observation/observation1", "DELETE");
        }
    }

    @Test
    void no_secret_is_left_in_logs_endpoints_beans_answers_or_files() throws JMException {
        List<CaravanDriver.Answer> answers = new ArrayList<>();
        try (Traces traces = new Traces().debug("io.caravan", "org.apache.camel", "com.azure", "com.google");
                SourceSimulator source = smallSource()) {
            caravan.onAnswer(answers::add);
            caravan.post(caravan.path("/destinations/test"), body(BUCKET, wrongCredentials()));
            String destination = newDestination();
            caravan.awaitRuns(destination, 1);
            cloud.failPuts(403, 1);
            pull(source, PATIENT);
            caravan.awaitRuns(destination, 2);
            List<String> secrets = new ArrayList<>(secrets());
            cloud.rotate();
            source.put(record("Observation", "late", PATIENT));
            caravan.awaitPull(caravan.pullNow(
                    caravan.all("/connections").get(0).path("id").asText()));
            failedWith(caravan.awaitRuns(destination, 3).get(0), "destination_unauthorized");
            secrets.addAll(wrongCredentials().values().stream()
                    .filter(value -> !cloud.credentials().containsValue(value))
                    .toList());
            List<String> endpoints = camel.getEndpoints().stream()
                    .map(e -> e.getEndpointUri() + " " + e)
                    .toList();
            nowhere(secrets, "log lines", traces.logged(), destination);
            nowhere(secrets, "endpoints", endpoints, destination);
            nowhere(secrets, "MBeans", Traces.beans(), destination);
            nowhere(
                    secrets,
                    "answers",
                    answers.stream().map(CaravanDriver.Answer::toString).toList(),
                    destination);
            for (String secret : secrets) {
                assertThat(Traces.filesWith(TestDatabase.filesOnDisk(), secret)).isEmpty();
                assertThat(Traces.filesWith(dataDir, secret)).isEmpty();
            }
        }
    }

    /** What is there is found by the same search. */
    private static void nowhere(List<String> secrets, String what, Collection<String> texts, String control) {
        assertThat(texts).as(what + ": the search works").anyMatch(text -> text.contains(control));
        for (String secret : secrets) {
            assertThat(texts.stream().filter(text -> text.contains(secret)).toList())
                    .as(what)
                    .isEmpty();
        }
    }

    Map<String, Object> body(String bucket, Map<String, String> credentials) {
        return Map.of(
                "name",
                "Cloud",
                "type",
                "object_storage",
                "settings",
                Map.of(
                        "cloud_vendor",
                        cloud.vendor(),
                        "endpoint",
                        cloud.endpoint(),
                        "bucket",
                        bucket,
                        "prefix",
                        prefix,
                        "file_type",
                        "ndjson"),
                "credentials",
                credentials);
    }

    String newDestination() {
        return saved(body(BUCKET, cloud.credentials()));
    }

    String saved(Map<String, Object> body) {
        return caravan.newDestination(body).ok().path("id").asText();
    }

    JsonNode tested(Map<String, Object> body) {
        return caravan.post(caravan.path("/destinations/test"), body).ok();
    }

    /** The run that a pull of the small source makes at a destination that has been delivered to before. */
    JsonNode runOfAPull(Runnable spoil) {
        String destination = newDestination();
        caravan.awaitRuns(destination, 1);
        spoil.run();
        try (SourceSimulator source = smallSource()) {
            statusIs(pull(source, PATIENT), "completed");
            return caravan.awaitRuns(destination, 2).get(0);
        }
    }

    static void failedAt(String name, JsonNode tested, String advice) {
        JsonNode step = steps(tested).get(name);
        assertThat(step.path("outcome").asText()).as(tested.toString()).isEqualTo("failed");
        assertThat(step.path("detail").asText()).startsWith("The ").contains(" answered 4");
        readable(step.path("detail").asText());
        assertThat(step.path("advice").asText()).startsWith(advice);
    }

    private CaravanDriver.Answer patch(String destination, Map<String, String> credentials) {
        return caravan.patch(caravan.path("/destinations/" + destination), Map.of("credentials", credentials));
    }

    private Set<String> clients(String destination) {
        Set<String> names = new HashSet<>();
        camel.getRegistry().findByTypeWithName(Object.class).keySet().stream()
                .filter(name -> name.contains(destination))
                .forEach(names::add);
        return names;
    }

    private int attempts(JsonNode run) {
        return caravan.items(run.path("id").asText()).stream()
                .mapToInt(item -> item.path("attempts").asInt())
                .sum();
    }

    List<String> delivered(JsonNode run) {
        return deliveredTo(BUCKET, run);
    }

    private List<String> deliveredTo(String bucket, JsonNode run) {
        return references(bucket, run, ".ndjson");
    }

    private List<String> references(String bucket, JsonNode run, String ending) {
        return cloud.keys(bucket, prefix + "/" + run.path("id").asText() + "/").stream()
                .filter(key -> key.endsWith(ending))
                .flatMap(key -> cloud.lines(bucket, key).stream())
                .map(CaravanDriver::parse)
                .map(json -> json.path("resourceType").asText() + "/"
                        + json.path("id").asText())
                .sorted()
                .toList();
    }

    /** Every object that the manifest lists has the size and digest it says, and there is no other. */
    private void theManifestIsTrue(JsonNode run, int resources) {
        String folder = prefix + "/" + run.path("id").asText() + "/";
        JsonNode manifest =
                CaravanDriver.parse(new String(cloud.bytes(BUCKET, folder + "manifest.json"), StandardCharsets.UTF_8));
        Map<String, byte[]> objects = new HashMap<>();
        cloud.keys(BUCKET, folder).forEach(key -> objects.put(key, cloud.bytes(BUCKET, key)));
        objects.remove(folder + "manifest.json");
        int count = 0;
        for (JsonNode output : manifest.path("output")) {
            byte[] object = objects.remove(folder + output.path("url").asText());
            assertThat(object).as(output.toString()).hasSize(output.path("size").asInt());
            assertThat(output.path("sha256").asText()).isEqualTo(sha256(object));
            count += output.path("count").asInt();
        }
        assertThat(objects).isEmpty();
        assertThat(count).isEqualTo(resources);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
