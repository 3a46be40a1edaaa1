package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.S3Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stores that fail once a destination is saved: what a run then says, and that a retry sends what is missing. */
class FailedRunIT extends OneStoreScenario {

    private static final int FILES = 6;
    private static final int RESOURCES = 16;

    @Test
    void a_bucket_that_disappeared_fails_the_run_and_a_retry_delivers_all_once_it_is_back() {
        store.deleteBucket(BUCKET);
        JsonNode failed = runOfThePull();

        statusIs(failed, "failed");
        failedWith(failed, "destination_not_found");
        assertThat(failed.path("retryable").asBoolean()).isTrue();
        assertThat(failed.at("/resources/failed").asInt()).isEqualTo(RESOURCES);

        store.createBucket(BUCKET);
        JsonNode retried = retry(failed);

        statusIs(retried, "succeeded");
        assertThat(retried.path("trigger").asText()).isEqualTo("manual_retry");
        assertThat(delivered(store, BUCKET, "out", id(retried)))
                .isEqualTo(stored())
                .hasSize(RESOURCES);
        JsonNode original = caravan.run(id(failed));
        statusIs(original, "failed");
        assertThat(original.path("resolved_by").asText()).isEqualTo(id(retried));
        assertThat(original.path("retryable").asBoolean()).isFalse();
        problem(postRetry(original), 409, "nothing_to_retry");
    }

    @Test
    void one_refused_object_makes_the_run_partial_and_a_retry_sends_that_file_alone() {
        String exported = lastExportedAt();
        store.failPuts(400, 1);
        JsonNode partial = runOfThePull();

        statusIs(partial, "partial");
        failedWith(partial, "destination_refused");
        JsonNode refused = onlyFailedItem(partial);
        assertThat(refused.path("attempts").asInt()).isEqualTo(1);
        JsonNode error = manifest(store, BUCKET, "out", id(partial)).path("error");
        assertThat(error).hasSize(1);
        assertThat(error.at("/0/type").asText())
                .isEqualTo(refused.path("resource_type").asText());
        assertThat(error.at("/0/code").asText()).isEqualTo("destination_refused");
        assertThat(partial.path("files").asInt()).isEqualTo(FILES - 1);
        assertThat(lastExportedAt()).isNotEqualTo(exported);
        JsonNode retried = retry(partial);

        statusIs(retried, "succeeded");
        String type = refused.path("resource_type").asText();
        assertThat(delivered(store, BUCKET, "out", id(retried)))
                .isEqualTo(stored(type))
                .isNotEmpty();
        assertThat(manifest(store, BUCKET, "out", id(retried))
                        .at("/extension/completes")
                        .asText())
                .isEqualTo(id(partial));
        JsonNode original = caravan.run(id(partial));
        statusIs(original, "partial");
        assertThat(original.path("resolved_by").asText()).isEqualTo(id(retried));
        problem(postRetry(original), 409, "nothing_to_retry");
        nothingIsLeftBehind();
    }

    @Test
    void a_retry_that_fails_too_can_be_retried_and_the_last_one_resolves_both() {
        store.failPuts(400, 1);
        JsonNode partial = runOfThePull();
        store.failPuts(400, 1);
        JsonNode failed = retry(partial);

        statusIs(failed, "failed");
        failedWith(failed, "destination_refused");
        assertThat(failed.path("retryable").asBoolean()).isTrue();
        assertThat(caravan.run(id(partial)).path("retryable").asBoolean()).isFalse();
        problem(postRetry(partial), 409, "nothing_to_retry");
        JsonNode last = retry(failed);

        statusIs(last, "succeeded");
        String type = onlyFailedItem(partial).path("resource_type").asText();
        assertThat(delivered(store, BUCKET, "out", id(last))).isEqualTo(stored(type));
        for (JsonNode run : List.of(partial, failed)) {
            assertThat(caravan.run(id(run)).path("resolved_by").asText()).isEqualTo(id(last));
            assertThat(caravan.run(id(run)).path("retryable").asBoolean()).isFalse();
            problem(postRetry(run), 409, "nothing_to_retry");
        }
    }

    @Test
    void a_retry_is_refused_while_the_destination_is_disabled() {
        store.failPuts(400, 1);
        JsonNode partial = runOfThePull();
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", false))
                .ok();

        assertThat(caravan.run(id(partial)).path("retryable").asBoolean()).isFalse();
        problem(postRetry(partial), 409, "destination_disabled");
    }

    @Test
    void a_failed_run_whose_work_a_later_run_delivered_has_nothing_left_to_retry() {
        store.deleteBucket(BUCKET);
        JsonNode failed = runOfThePull();
        store.createBucket(BUCKET);
        source.put(record("Observation", "late", PATIENT));
        caravan.awaitPull(
                caravan.pullNow(caravan.all("/connections").get(0).path("id").asText()));
        JsonNode later = caravan.awaitRuns(destination, 3).get(0);

        statusIs(later, "succeeded");
        assertThat(delivered(store, BUCKET, "out", id(later)))
                .isEqualTo(stored())
                .hasSize(RESOURCES + 1);
        assertThat(caravan.run(id(failed)).path("retryable").asBoolean()).isFalse();
        assertThat(caravan.run(id(failed)).path("resolved_by").asText()).isEqualTo(id(later));
        problem(postRetry(failed), 409, "nothing_to_retry");
    }

    @Test
    void a_store_that_is_busy_twice_is_asked_again_and_the_run_succeeds() {
        store.failPuts(503, 2);
        JsonNode run = runOfThePull();

        statusIs(run, "succeeded");
        assertThat(run.path("error").isNull() || run.path("error").isMissingNode())
                .isTrue();
        assertThat(caravan.items(id(run)).stream()
                        .mapToInt(item -> item.path("attempts").asInt())
                        .sum())
                .isEqualTo(FILES + 1 + 2);
        assertThat(delivered(store, BUCKET, "out", id(run))).isEqualTo(stored()).hasSize(RESOURCES);
    }

    @Test
    void an_upload_that_lost_its_last_byte_is_noticed_and_sent_again() {
        store.truncatePuts(1);
        JsonNode run = runOfThePull();

        statusIs(run, "succeeded");
        assertThat(caravan.items(id(run)).stream()
                        .mapToInt(item -> item.path("attempts").asInt())
                        .sum())
                .isEqualTo(FILES + 1 + 1);
        assertThat(delivered(store, BUCKET, "out", id(run))).isEqualTo(stored()).hasSize(RESOURCES);
    }

    @Test
    void a_secret_rotated_at_the_store_stops_the_run_early_until_the_new_one_is_saved() {
        Map<String, String> old = Map.of("access_key", store.accessKey(), "secret", store.secret());
        String exported = lastExportedAt();
        store.changeKey("caravan", "rotated-secret");
        JsonNode failed = runOfThePull();

        statusIs(failed, "failed");
        failedWith(failed, "destination_unauthorized");
        List<String> codes = caravan.items(id(failed)).stream()
                .filter(item -> item.path("kind").asText().equals("file"))
                .map(item -> item.at("/error/code").asText())
                .toList();
        // A store that answers while a body is still on its way may reset the connection: of the other upload, if at
        // all.
        assertThat(codes).hasSize(FILES).contains("destination_unauthorized");
        assertThat(codes.stream().filter(code -> !code.equals("destination_unreachable")))
                .hasSizeGreaterThanOrEqualTo(FILES - 1)
                .containsOnly("destination_unauthorized", "destination_unavailable");
        // Two of a destination at a time: what was on its way when the first was refused, and nothing after it.
        assertThat(store.count(S3Request::isPut)).isBetween(1, 2);
        assertThat(lastExportedAt()).isEqualTo(exported);

        problem(patchCredentials(old), 422, "destination_test_failed");
        assertThat(patchCredentials(Map.of("access_key", store.accessKey(), "secret", store.secret()))
                        .status())
                .isEqualTo(200);
        JsonNode retried = retry(failed);

        statusIs(retried, "succeeded");
        assertThat(delivered(store, BUCKET, "out", id(retried)))
                .isEqualTo(stored())
                .hasSize(RESOURCES);
    }

    private JsonNode runOfThePull() {
        statusIs(pull(source, PATIENT), "completed");
        return caravan.awaitRuns(destination, 2).get(0);
    }

    private CaravanDriver.Answer patchCredentials(Map<String, String> credentials) {
        return caravan.patch(caravan.path("/destinations/" + destination), Map.of("credentials", credentials));
    }

    private JsonNode onlyFailedItem(JsonNode run) {
        List<JsonNode> failed = caravan.items(id(run)).stream()
                .filter(item -> item.path("status").asText().equals("failed"))
                .toList();
        assertThat(failed).hasSize(1);
        return failed.get(0);
    }

    private String lastExportedAt() {
        return caravan.get(caravan.path("/destinations/" + destination))
                .ok()
                .path("last_exported_at")
                .asText();
    }

    /** The watermark has moved behind everything: another look finds nothing to send. */
    private void nothingIsLeftBehind() {
        assertThat(database.sql("SELECT count(*) FROM destination_behind WHERE org_id = :org")
                        .param("org", caravan.org())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private static String id(JsonNode noun) {
        return noun.path("id").asText();
    }
}
