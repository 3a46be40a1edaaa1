package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is gone reaches the bucket as files of DELETE requests under {@code deleted/}, and the manifest lists them. */
class DeletionsIT extends FaultScenario {

    private SourceSimulator source;
    private String connection;
    private String prefix;

    @BeforeEach
    void pullOnce() {
        source = smallSource();
        connection = pull(source, PATIENT).path("connection_id").asText();
        prefix = "gone-" + caravan.org();
    }

    @AfterEach
    void stop() {
        s3.release();
        source.close();
    }

    @Test
    void deletions_stand_in_the_manifest_with_size_and_digest_and_the_counts_add_up() throws Exception {
        String destination = served("ndjson");
        gone("Observation/observation1", "Observation/observation3", "Condition/condition2");

        JsonNode run = start(destination, "delta");

        statusIs(run, "succeeded");
        String folder = prefix + "/" + run.path("id").asText() + "/";
        assertThat(s3.keys("lake", folder))
                .containsExactly(
                        folder + "deleted/Condition-0001.ndjson",
                        folder + "deleted/Observation-0001.ndjson",
                        folder + "manifest.json");
        assertThat(s3.lines("lake", folder + "deleted/Observation-0001.ndjson")).hasSize(1);
        assertThat(deletions(folder))
                .containsExactly("Condition/condition2", "Observation/observation1", "Observation/observation3");
        JsonNode manifest = manifest(s3, "lake", prefix, run.path("id").asText());
        assertThat(manifest.path("output")).isEmpty();
        assertThat(manifest.path("deleted")).hasSize(2);
        JsonNode observations = manifest.path("deleted").get(1);
        byte[] object = s3.bytes("lake", folder + observations.path("url").asText());
        assertThat(observations.path("type").asText()).isEqualTo("Bundle");
        assertThat(observations.path("url").asText()).isEqualTo("deleted/Observation-0001.ndjson");
        assertThat(observations.path("count").asInt()).isEqualTo(2);
        assertThat(observations.path("size").asInt()).isEqualTo(object.length);
        assertThat(observations.path("sha256").asText())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(object)));
        assertThat(run.path("types")).hasSize(2).allSatisfy(type -> {
            assertThat(type.path("selected").asInt())
                    .isEqualTo(type.path("delivered").asInt());
            assertThat(type.path("deleted").asInt())
                    .isEqualTo(type.path("delivered").asInt());
        });
        assertThat(run.path("patients").path("delivered").asInt()).isEqualTo(1);
        assertThat(run.path("files").asInt()).isEqualTo(2);
    }

    @Test
    void a_first_backfill_says_nothing_of_what_was_gone_before_and_a_full_run_does() {
        gone("Observation/observation1");
        String destination = served("ndjson");

        JsonNode first = caravan.runs(destination).get(0);
        assertThat(s3.keys("lake", prefix + "/" + first.path("id").asText() + "/deleted/"))
                .isEmpty();
        assertThat(manifest(s3, "lake", prefix, first.path("id").asText()).path("deleted"))
                .isEmpty();

        JsonNode full = start(destination, "full");
        assertThat(deletions(prefix + "/" + full.path("id").asText() + "/"))
                .containsExactly("Observation/observation1");
        assertThat(delivered(s3, "lake", prefix, full.path("id").asText()))
                .filteredOn(line -> !line.startsWith("Bundle/"))
                .doesNotContain("Observation/observation1")
                .hasSize(15);
    }

    @Test
    void beside_archives_deletions_are_files_all_the_same() {
        String destination = served("ndjson_zip");
        source.put(record("Observation", "observation9", PATIENT));
        gone("Observation/observation1", "Condition/condition2");
        caravan.awaitPull(caravan.pullNow(connection));
        JsonNode run = caravan.awaitRuns(destination, 2).get(0);

        statusIs(run, "succeeded");
        String folder = prefix + "/" + run.path("id").asText() + "/";
        assertThat(s3.keys("lake", folder)).contains(folder + "part-1.zip", folder + "manifest.json");
        JsonNode manifest = manifest(s3, "lake", prefix, run.path("id").asText());
        assertThat(manifest.path("output")).allMatch(output -> output.has("entry"));
        assertThat(manifest.path("deleted")).noneMatch(output -> output.has("entry"));
        assertThat(deletions(folder)).containsExactly("Condition/condition2", "Observation/observation1");
    }

    @Test
    void where_files_are_gzip_those_of_deletions_are_too_and_a_refused_one_is_delivered_by_its_retry() {
        String destination = served("ndjson_gz");
        gone("Observation/observation1", "Condition/condition2");
        s3.failPuts(400, 1);

        JsonNode run = start(destination, "delta");
        statusIs(run, "partial");
        JsonNode retried = caravan.awaitRun(
                caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of())
                        .ok()
                        .path("id")
                        .asText());

        statusIs(retried, "succeeded");
        List<String> both = new ArrayList<>();
        for (JsonNode one : List.of(run, retried)) {
            String folder = prefix + "/" + one.path("id").asText() + "/";
            JsonNode listed =
                    manifest(s3, "lake", prefix, one.path("id").asText()).path("deleted");
            assertThat(listed).hasSize(1);
            assertThat(listed.at("/0/url").asText()).endsWith("-0001.ndjson.gz");
            assertThat(s3.bytes("lake", folder + listed.at("/0/url").asText()))
                    .hasSize(listed.at("/0/size").asInt())
                    .startsWith(0x1f, 0x8b);
            both.addAll(deletions(folder));
        }
        assertThat(both).containsExactlyInAnyOrder("Condition/condition2", "Observation/observation1");
    }

    @Test
    void a_deletion_whose_first_try_failed_is_delivered_by_the_second() {
        String destination = served("ndjson");
        gone("Observation/observation1");
        s3.failPuts(503, 1);

        JsonNode run = start(destination, "delta");

        statusIs(run, "succeeded");
        assertThat(caravan.items(run.path("id").asText()))
                .filteredOn(item -> item.path("kind").asText().equals("deleted"))
                .hasSize(1)
                .allMatch(item -> item.path("attempts").asInt() == 2);
        assertThat(deletions(prefix + "/" + run.path("id").asText() + "/")).containsExactly("Observation/observation1");
    }

    @Test
    void a_refused_deletion_stands_in_the_manifest_as_failed_and_its_retry_delivers_it() {
        String destination = served("ndjson");
        gone("Observation/observation1", "Condition/condition2");
        s3.failPuts(400, 1);

        JsonNode run = start(destination, "delta");

        statusIs(run, "partial");
        JsonNode manifest = manifest(s3, "lake", prefix, run.path("id").asText());
        assertThat(manifest.path("deleted")).hasSize(1);
        assertThat(manifest.path("error")).hasSize(1);
        assertThat(manifest.path("error").get(0).path("deleted").asBoolean()).isTrue();
        String retry = caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of())
                .ok()
                .path("id")
                .asText();
        statusIs(caravan.awaitRun(retry), "succeeded");
        List<String> both =
                new ArrayList<>(deletions(prefix + "/" + run.path("id").asText() + "/"));
        both.addAll(deletions(prefix + "/" + retry + "/"));
        assertThat(both).containsExactlyInAnyOrder("Observation/observation1", "Condition/condition2");
    }

    @Test
    void a_cancelled_run_takes_its_deletions_back_and_the_next_one_sends_them() {
        String destination = served("ndjson");
        gone("Observation/observation1", "Condition/condition2", "Procedure/procedure1");
        s3.hold();
        String run = caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", "delta"))
                .ok()
                .path("id")
                .asText();
        Awaitility.await("an upload under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() > 0);
        caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of()).ok();
        s3.release();

        statusIs(caravan.awaitRun(run), "cancelled");
        assertThat(s3.count(request ->
                        request.method().equals("PUT") && request.key().contains(run + "/deleted/")))
                .as("some had been uploaded")
                .isPositive();
        assertThat(s3.keys("lake", prefix + "/" + run)).isEmpty();
        JsonNode next = start(destination, "delta");
        assertThat(deletions(prefix + "/" + next.path("id").asText() + "/")).hasSize(3);
    }

    @Test
    void a_record_that_returns_is_a_change_like_any_other() {
        String destination = served("ndjson");
        gone("Observation/observation1");
        start(destination, "delta");

        source.put(record("Observation", "observation1", PATIENT));
        caravan.awaitPull(caravan.pullNow(connection));
        JsonNode run = caravan.awaitRuns(destination, 3).get(0);

        assertThat(delivered(s3, "lake", prefix, run.path("id").asText())).containsExactly("Observation/observation1");
        assertThat(manifest(s3, "lake", prefix, run.path("id").asText()).path("deleted"))
                .isEmpty();
    }

    /** A destination that has everything. */
    @SuppressWarnings("unchecked")
    private String served(String fileType) {
        Map<String, Object> body = new HashMap<>(caravan.bucket("Lake", s3, "lake", prefix));
        Map<String, Object> settings = new HashMap<>((Map<String, Object>) body.get("settings"));
        settings.put("file_type", fileType);
        body.put("settings", settings);
        String destination = caravan.newDestination(body).ok().path("id").asText();
        statusIs(caravan.awaitRuns(destination, 1).get(0), "succeeded");
        return destination;
    }

    /** These are gone at the source, and a pull has found it out. */
    private void gone(String... references) {
        for (String reference : references) {
            String[] parts = reference.split("/");
            assertThat(source.remove(parts[0], parts[1])).as(reference).isTrue();
        }
        int deleted = database.sql("""
                        UPDATE resource_record
                           SET content = '', content_hash = '', bytes = 0, deleted = true,
                               changed_xid = pg_current_xact_id(), changed_at = now()
                         WHERE org_id = :org AND type || '/' || id IN (:references)""")
                .param("org", caravan.org())
                .param("references", List.of(references))
                .update();
        assertThat(deleted).isEqualTo(references.length);
    }

    private JsonNode start(String destination, String mode) {
        CaravanDriver.Answer started =
                caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", mode));
        return caravan.awaitRun(started.ok().path("id").asText());
    }

    /** {@code Type/id} of all that the files of deletions in this folder delete. */
    private static List<String> deletions(String folder) {
        return s3.keys("lake", folder + "deleted/").stream()
                .flatMap(key -> s3.lines("lake", key).stream())
                .map(CaravanDriver::parse)
                .flatMap(bundle -> {
                    assertThat(bundle.path("resourceType").asText()).isEqualTo("Bundle");
                    assertThat(bundle.path("type").asText()).isEqualTo("transaction");
                    return StreamSupport.stream(bundle.path("entry").spliterator(), false);
                })
                .map(entry -> entry.path("request"))
                .filter(request -> request.path("method").asText().equals("DELETE"))
                .map(request -> request.path("url").asText())
                .sorted()
                .toList();
    }
}
