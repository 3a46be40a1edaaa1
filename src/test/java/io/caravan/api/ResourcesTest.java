package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each resource of the API, the way it is meant to be used. */
class ResourcesTest extends ApiTest {

    private String org;
    private String manager;

    @BeforeEach
    void tenant() {
        org = organization();
        manager = key(org, "manager");
    }

    @Test
    void an_organization_is_created_listed_read_and_deleted_by_the_operator() {
        String path = organization();
        source(path);

        assertThat(get(OPERATOR_KEY, path).text("/name")).isEqualTo("Acme");
        assertThat(get(OPERATOR_KEY, "/api/v1/organizations?limit=200").body().findValuesAsText("id"))
                .contains(path.substring(path.lastIndexOf('/') + 1));
        assertThat(delete(OPERATOR_KEY, path).status()).isEqualTo(204);
        assertThat(get(OPERATOR_KEY, path).status()).isEqualTo(404);
    }

    @Test
    void the_first_source_keeps_its_ids_and_later_ones_are_scoped() {
        Answer first = post(manager, org + "/sources", """
                {"name": "St. Elsewhere", "fhir_base_url": "HTTPS://FHIR.st-elsewhere.org:443/r4/", "profile": "auto",
                 "ids": null, "key": null}""");
        Answer second = post(manager, org + "/sources", """
                {"name": "Again", "fhir_base_url": "https://fhir.st-elsewhere.org/r4"}""");
        Answer third = post(manager, org + "/sources", """
                {"name": "Third", "fhir_base_url": "https://third.example.org", "ids": "original"}""");

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text("/fhir_base_url")).isEqualTo("https://fhir.st-elsewhere.org/r4");
        assertThat(first.text("/key")).isEqualTo("elsewhere");
        assertThat(first.text("/ids")).isEqualTo("original");
        assertThat(first.text("/pull_every")).isEqualTo("PT24H");
        assertThat(first.header("Location")).isEqualTo(org + "/sources/" + first.text("/id"));
        assertThat(second.text("/key")).isEqualTo("elsewhere2");
        assertThat(second.text("/ids")).isEqualTo("scoped");
        assertThat(third.status()).isEqualTo(409);
        assertThat(third.text("/code")).isEqualTo("ids_fixed");
    }

    @Test
    void a_source_has_a_vendor_profile_that_is_known_and_scoped_ids_where_that_vendors_are_refused_by_servers() {
        Answer epic = post(manager, org + "/sources", """
                {"name": "E", "fhir_base_url": "https://e.example.org/r4", "profile": "epic"}""");
        String source = org + "/sources/" + epic.text("/id");

        assertThat(get(manager, org + "/source-profiles").body().findValuesAsText("name"))
                .containsExactly("cerner", "default", "epic", "hapi", "smart");
        assertThat(epic.text("/profile")).isEqualTo("epic");
        assertThat(epic.body().at("/detected_profile").isNull()).isTrue();
        assertThat(epic.text("/ids")).isEqualTo("scoped");
        assertThat(post(manager, org + "/sources", """
                        {"name": "C", "fhir_base_url": "https://c.example.org", "profile": "cerner", "ids": "original"}""").text("/ids")).isEqualTo("original");

        Answer created = post(manager, org + "/sources", """
                {"name": "N", "fhir_base_url": "https://n.example.org", "profile": "nobody"}""");
        Answer patched = patch(manager, source, "{\"profile\": \"nobody\"}");
        for (Answer refused : List.of(created, patched)) {
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text("/errors/0/field")).isEqualTo("profile");
            assertThat(refused.text("/errors/0/message")).contains("auto, cerner, default, epic, hapi, smart");
        }
    }

    @Test
    void what_was_found_for_a_source_is_forgotten_when_it_is_given_another_profile() {
        String id = source(org);
        String source = org + "/sources/" + id;
        jdbc.sql("UPDATE source SET detected_profile = 'hapi' WHERE id = :id")
                .param("id", id)
                .update();

        assertThat(get(manager, source).text("/detected_profile")).isEqualTo("hapi");
        assertThat(patch(manager, source, "{\"name\": \"Same\", \"profile\": \"auto\"}")
                        .text("/detected_profile"))
                .isEqualTo("hapi");
        assertThat(patch(manager, source, "{\"profile\": \"epic\"}")
                        .body()
                        .at("/detected_profile")
                        .isNull())
                .isTrue();
    }

    @Test
    void a_source_is_changed_until_it_is_pulled_and_deleted_when_nothing_uses_it() {
        String source = org + "/sources/" + source(org);

        assertThat(patch(manager, source, "{\"ids\": \"scoped\", \"pull_every\": \"PT1H\"}")
                        .text("/ids"))
                .isEqualTo("scoped");
        connection(org, source.substring(source.lastIndexOf('/') + 1));
        assertThat(patch(manager, source, "{\"ids\": \"original\"}").text("/code"))
                .isEqualTo("ids_fixed");
        assertThat(patch(manager, source, "{\"name\": \"Renamed\"}").text("/name"))
                .isEqualTo("Renamed");
        assertThat(delete(manager, source).text("/code")).isEqualTo("in_use");

        String unused = org + "/sources/" + source(org);
        assertThat(delete(manager, unused).status()).isEqualTo(204);
        assertThat(get(manager, unused).status()).isEqualTo(404);
    }

    @Test
    void a_given_key_that_is_taken_is_a_conflict() {
        String body = "{\"name\": \"A\", \"fhir_base_url\": \"https://a.example.org\", \"key\": \"abc\"}";

        assertThat(post(manager, org + "/sources", body).status()).isEqualTo(201);
        assertThat(post(manager, org + "/sources", body).text("/code")).isEqualTo("key_taken");
    }

    @Test
    void connecting_a_patient_queues_a_pull_and_again_replaces_the_credentials() {
        String body = """
                {"source_id": "%s", "patient_id": "p1", "scope": "patient/*.read",
                 "credentials": {"access_token": "canary-token", "expires_at": "2030-01-01T00:00:00Z"}}""".formatted(source(org));
        Answer first = post(manager, org + "/connections", body);
        Answer again = post(manager, org + "/connections", body);

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text("/status")).isEqualTo("active");
        assertThat(first.text("/latest_pull/status")).isEqualTo("queued");
        assertThat(first.text("/latest_pull/trigger")).isEqualTo("connected");
        assertThat(first.body().at("/credentials_set").fieldNames())
                .toIterable()
                .containsExactly("access_token", "expires_at");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("/id")).isEqualTo(first.text("/id"));
        assertThat(again.text("/latest_pull/id")).isEqualTo(first.text("/latest_pull/id"));
        assertThat(jdbc.sql("SELECT revision FROM connection WHERE id = :id")
                        .param("id", first.text("/id"))
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void what_was_asked_for_and_not_granted_is_missing() {
        Answer connected = post(manager, org + "/connections", """
                {"source_id": "%s", "patient_id": "p1", "scope": "patient/Observation.read",
                 "requested_scope": "patient/Observation.read patient/Condition.read", "credentials": {}}""".formatted(source(org)));

        assertThat(connected.text("/requested_scope")).isEqualTo("patient/Observation.read patient/Condition.read");
        assertThat(connected.body().at("/missing_scopes")).hasSize(1);
        assertThat(connected.text("/missing_scopes/0")).isEqualTo("patient/Condition.read");
        Answer patched = patch(
                manager,
                org + "/connections/" + connected.text("/id"),
                "{\"scope\": \"patient/*.read\", \"credentials\": {}}");
        assertThat(patched.body().at("/missing_scopes")).isEmpty();
        assertThat(patched.text("/requested_scope")).isEqualTo("patient/Observation.read patient/Condition.read");
    }

    @Test
    void how_a_client_proves_itself_is_stored_and_named_and_its_key_is_not_returned() throws JOSEException {
        String key = new ECKeyGenerator(Curve.P_384).generate().toJSONString();
        Answer connected = post(manager, org + "/connections", """
                {"source_id": "%s", "patient_id": "p1", "credentials": {"refresh_token": "canary-token", "client_id": "c",
                 "token_endpoint": "https://auth.example.org/token", "client_auth": "private_key_jwt",
                 "private_key": %s}}""".formatted(source(org), JSON.valueToTree(key)));

        assertThat(connected.body().at("/credentials_set").fieldNames())
                .toIterable()
                .containsExactly("client_auth", "client_id", "private_key", "refresh_token", "token_endpoint");
        assertThat(connected.raw().body()).doesNotContain("canary", "P-384");
    }

    @Test
    void a_lost_connection_becomes_active_when_its_credentials_are_replaced() {
        String connection = org + "/connections/" + connection(org, source(org)).text("/id");
        jdbc.sql("""
                        UPDATE connection
                           SET status = 'refresh_failed', next_pull_at = NULL, error_code = 'invalid_grant',
                               error_message = 'The grant has ended.', error_since = '2026-03-01T12:00:00Z'""").update();

        assertThat(get(manager, org + "/connections?status=refresh_failed")
                        .body()
                        .at("/data"))
                .hasSize(1);
        Answer lost = get(manager, connection);
        assertThat(lost.text("/error/code")).isEqualTo("invalid_grant");
        assertThat(lost.text("/error/message")).isEqualTo("The grant has ended.");
        assertThat(lost.text("/error/since")).isEqualTo("2026-03-01T12:00:00Z");
        Answer summary = get(manager, org + "/summary");
        assertThat(summary.text("/attention/0/code")).isEqualTo("refresh_failed");
        assertThat(summary.text("/attention/0/message"))
                .isEqualTo("The grant has ended. Ask the patient to reconnect.");
        assertThat(summary.text("/attention/0/since")).isEqualTo("2026-03-01T12:00:00Z");
        Answer patched = patch(manager, connection, "{\"credentials\": {\"access_token\": \"canary-token\"}}");
        assertThat(patched.text("/status")).isEqualTo("active");
        assertThat(patched.body().at("/error").isNull()).isTrue();
        assertThat(patched.text("/next_pull_at")).isNotEqualTo("null").isNotEmpty();
        assertThat(patched.text("/latest_pull/status")).isEqualTo("queued");
        assertThat(patched.text("/credentials_set/access_token")).isNotEmpty();
    }

    @Test
    void a_connection_is_disconnected_and_connected_again() {
        String connection = org + "/connections/" + connection(org, source(org)).text("/id");

        Answer disconnected = post(manager, connection + "/disconnect", null);
        assertThat(disconnected.status()).isEqualTo(200);
        assertThat(disconnected.text("/status")).isEqualTo("disconnected");
        assertThat(disconnected.header("ETag"))
                .isEqualTo(get(manager, connection).header("ETag"));
        assertThat(get(manager, org + "/summary")
                        .body()
                        .at("/connections/disconnected")
                        .asInt())
                .isEqualTo(1);
        assertThat(post(key(org, "viewer"), connection + "/disconnect", null).status())
                .isEqualTo(403);
        assertThat(patch(manager, connection, "{\"credentials\": {}}").text("/status"))
                .isEqualTo("active");
    }

    @Test
    void a_failed_pull_needs_attention_until_its_connection_has_ended() {
        String connection = org + "/connections/" + connection(org, source(org)).text("/id");
        jdbc.sql("UPDATE pull SET status = 'failed', error_code = 'source_timeout', error_message = 'No answer.'")
                .update();
        assertThat(get(manager, org + "/summary").text("/attention/0/code")).isEqualTo("source_timeout");

        post(manager, connection + "/disconnect", null);

        assertThat(get(manager, org + "/summary").body().at("/attention")).isEmpty();
    }

    @Test
    void an_erased_connection_has_a_receipt_and_no_patient_and_stays_ended() {
        Answer connected = connection(org, source(org));
        String connection = org + "/connections/" + connected.text("/id");
        assertThat(get(manager, connection + "/erasure").status()).isEqualTo(404);
        assertThat(post(key(org, "viewer"), connection + "/erase", null).status())
                .isEqualTo(403);

        Answer erased = post(manager, connection + "/erase", null);

        assertThat(erased.status()).isEqualTo(200);
        assertThat(erased.text("/connection_id")).isEqualTo(connected.text("/id"));
        assertThat(get(manager, connection + "/erasure").body()).isEqualTo(erased.body());
        assertThat(get(manager, connection).body().at("/patient_id").isNull()).isTrue();
        assertThat(get(manager, connection).text("/erased_at")).isNotEmpty();
        assertThat(get(manager, org + "/connections").body().at("/data")).hasSize(1);
        Answer refused = patch(manager, connection, "{\"credentials\": {}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/detail")).contains("connect the patient anew");
    }

    @Test
    void a_pull_is_started_read_cancelled_and_retried() {
        Answer connected = connection(org, source(org));
        String connection = connected.text("/id");
        Answer started = post(manager, org + "/connections/" + connection + "/pulls", null);
        String pull = started.text("/id");

        assertThat(started.status()).isEqualTo(202);
        assertThat(started.header("Location")).isEqualTo(org + "/pulls/" + pull);
        assertThat(pull).isEqualTo(connected.text("/latest_pull/id"));
        assertThat(post(manager, org + "/pulls/" + pull + "/retry", null).text("/code"))
                .isEqualTo("nothing_to_retry");
        assertThat(post(manager, org + "/pulls/" + pull + "/cancel", null).text("/status"))
                .isEqualTo("cancelled");
        assertThat(post(manager, org + "/pulls/" + pull + "/cancel", null).status())
                .isEqualTo(409);
        assertThat(post(manager, org + "/pulls/" + pull + "/retry", null).text("/trigger"))
                .isEqualTo("retry");
        assertThat(get(manager, org + "/pulls?connection_id=" + connection + "&limit=1")
                        .text("/next_cursor"))
                .isNotEmpty();
        assertThat(get(manager, org + "/pulls/" + pull + "/tasks").body().at("/data"))
                .isEmpty();
    }

    @Test
    void the_types_of_destination_come_with_their_forms() {
        Answer types = get(manager, org + "/destination-types");

        assertThat(types.text("/data/0/type")).isEqualTo("object_storage");
        assertThat(types.body().at("/data/0/settings/properties").fieldNames())
                .toIterable()
                .contains("cloud_vendor", "endpoint", "region", "bucket", "prefix", "file_type");
        assertThat(types.body().at("/data")).hasSize(2);
        assertThat(types.text("/data/1/type")).isEqualTo("fhir");
    }

    @Test
    void a_directory_is_refused_as_long_as_the_operator_has_set_no_root_for_it() {
        Answer refused = post(manager, org + "/destinations", """
                {"name": "Share", "type": "file", "settings": {"directory": "share", "file_type": "ndjson"}}""");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/code")).isEqualTo("invalid_field");
        assertThat(refused.text("/errors/0/field")).isEqualTo("type");
        assertThat(refused.text("/errors/0/message"))
                .isEqualTo(
                        "may be file only if the operator sets caravan.file.root to a directory that all nodes share");
    }

    @Test
    void a_destination_is_tested_before_it_is_saved_and_gets_its_first_run() {
        Answer created = post(manager, org + "/destinations", destinationBody("Lake", "lake"));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().at("/enabled").asBoolean()).isTrue();
        assertThat(created.body().at("/last_exported_at").isNull()).isTrue();
        assertThat(created.body().at("/credentials_set").fieldNames())
                .toIterable()
                .containsExactly("access_key", "secret");
        assertThat(created.text("/latest_run/trigger")).isEqualTo("destination_added");
        assertThat(created.text("/latest_run/status")).isEqualTo("queued");
        assertThat(created.body().at("/settings/path_style").asBoolean()).isTrue();
        assertThat(created.text("/settings/checksum_mode")).isEqualTo("when_required");
        assertThat(post(manager, org + "/destinations", destinationBody("Lake", "lake"))
                        .text("/code"))
                .isEqualTo("name_taken");
    }

    @Test
    void a_destination_whose_test_fails_is_not_saved_and_the_answer_has_the_steps() {
        String body = destinationBody("Lake", StubRoutes.REFUSED_BUCKET);
        Answer refused = post(manager, org + "/destinations", body);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/code")).isEqualTo("destination_test_failed");
        assertThat(refused.text("/steps/1/outcome")).isEqualTo("failed");
        assertThat(refused.text("/steps/1/advice")).isEqualTo("Allow s3:PutObject.");
        assertThat(get(manager, org + "/destinations").body().at("/data")).isEmpty();
        Answer tested = post(manager, org + "/destinations/test", body);
        assertThat(tested.status()).isEqualTo(200);
        assertThat(tested.body().at("/passed").asBoolean()).isFalse();
    }

    @Test
    void a_changed_destination_is_tested_and_a_disabled_one_has_its_queue_cancelled() {
        Answer created = destination(org);
        String path = org + "/destinations/" + created.text("/id");

        Answer refused = patch(manager, path, """
                {"settings": {"cloud_vendor": "s3_compatible", "endpoint": "https://s3.example.org",
                              "bucket": "refused-bucket", "file_type": "ndjson"}}""");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(get(manager, path).text("/settings/bucket")).isEqualTo("lake");
        assertThat(post(manager, path + "/test", "{}").body().at("/passed").asBoolean())
                .isTrue();
        Answer tested = post(manager, path + "/test", """
                {"settings": {"cloud_vendor": "s3_compatible", "endpoint": "https://s3.example.org",
                              "bucket": "refused-bucket", "file_type": "ndjson"}}""");
        assertThat(tested.body().at("/passed").asBoolean()).isFalse();
        assertThat(get(manager, path).text("/settings/bucket")).isEqualTo("lake");
        Answer elsewhere = post(manager, path + "/test", """
                {"settings": {"cloud_vendor": "s3_compatible", "endpoint": "https://s3.example.net",
                              "bucket": "lake", "file_type": "ndjson"}}""");
        assertThat(elsewhere.status())
                .as("stored credentials stay with their server")
                .isEqualTo(422);

        Answer disabled = patch(manager, path, "{\"enabled\": false}");
        assertThat(disabled.text("/state")).isEqualTo("disabled");
        assertThat(disabled.text("/latest_run/status")).isEqualTo("cancelled");
        Answer enabled = patch(manager, path, "{\"enabled\": true}");
        assertThat(enabled.text("/latest_run/trigger")).isEqualTo("destination_reactivated");
        assertThat(patch(manager, path, "{\"credentials\": {\"access_key\": \"a\", \"secret\": \"b\"}}")
                        .status())
                .isEqualTo(200);

        assertThat(delete(manager, path).status()).isEqualTo(204);
        assertThat(get(manager, path).status()).isEqualTo(404);
    }

    @Test
    void a_run_is_listed_read_and_retried() {
        Answer destination = destination(org);
        String run = destination.text("/latest_run/id");
        String path = org + "/runs/" + run;

        assertThat(get(manager, org + "/runs?destination_id=" + destination.text("/id") + "&status=queued")
                        .text("/data/0/id"))
                .isEqualTo(run);
        assertThat(get(manager, path).text("/mode")).isEqualTo("delta");
        assertThat(get(manager, path + "/items").body().at("/data")).isEmpty();
        assertThat(get(manager, path + "/rejections").body().at("/data")).isEmpty();
        Answer retry = post(manager, path + "/retry", null);
        assertThat(retry.status()).isEqualTo(202);
        assertThat(retry.header("Location")).isEqualTo(org + "/runs/" + retry.text("/id"));
        assertThat(retry.text("/retry_of")).isEqualTo(run);
    }

    @Test
    void a_key_is_shown_once_and_worthless_when_revoked() {
        Answer created = post(manager, org + "/api-keys", "{\"name\": \"ci\", \"role\": \"viewer\"}");
        String key = created.text("/key");

        assertThat(key).startsWith("ck_");
        assertThat(get(key, org + "/sources").status()).isEqualTo(200);
        assertThat(get(manager, org + "/api-keys").raw().body()).doesNotContain(key);
        assertThat(delete(manager, org + "/api-keys/" + created.text("/id")).status())
                .isEqualTo(204);
        assertThat(get(key, org + "/sources").status()).isEqualTo(401);
    }

    @Test
    void lists_are_walked_by_cursor() {
        String first = source(org);
        String second = source(org);

        Answer page = get(manager, org + "/sources?limit=1");
        assertThat(page.text("/data/0/id")).isEqualTo(first);
        Answer rest = get(manager, org + "/sources?limit=1&cursor=" + page.text("/next_cursor"));
        assertThat(rest.text("/data/0/id")).isEqualTo(second);
        assertThat(rest.body().at("/next_cursor").isNull()).isTrue();
    }

    @Test
    void the_summary_says_in_one_call_where_things_stand() {
        connection(org, source(org));
        Answer destination = destination(org);
        jdbc.sql("""
                        UPDATE export_run
                           SET status = 'failed', error_code = 'destination_unauthorized',
                               error_message = 'answered 403', completed_at = now()
                         WHERE id = :id""").param("id", destination.text("/latest_run/id")).update();

        Answer summary = get(manager, org + "/summary");
        assertThat(summary.text("/destinations/0/state")).isEqualTo("failed");
        assertThat(summary.body().at("/connections/active").asInt()).isEqualTo(1);
        assertThat(summary.body().at("/pulls")).hasSize(1);
        assertThat(summary.text("/attention/0/message")).isEqualTo("answered 403");
        assertThat(summary.body().at("/attention/0/retryable").asBoolean()).isTrue();
    }

    @Test
    void a_change_meant_for_an_older_version_is_refused() {
        String source = org + "/sources/" + source(org);
        String connection = org + "/connections/" + connection(org, source(org)).text("/id");
        String destination = org + "/destinations/" + destination(org).text("/id");
        Map<String, String> changes = Map.of(
                source, "{\"name\": \"A\"}", connection, "{\"credentials\": {}}", destination, "{\"enabled\": true}");

        changes.forEach((path, change) -> {
            String read = get(manager, path).header("ETag");
            Answer first = patchIf(read, path, change);
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.header("ETag")).isNotEqualTo(read);
            Answer second = patchIf(read, path, change);
            assertThat(second.status()).isEqualTo(412);
            assertThat(second.text("/code")).isEqualTo("precondition_failed");
            assertThat(patchIf("*", path, change).status()).isEqualTo(200);
        });
    }

    @Test
    void what_moves_by_itself_shows_in_the_tag_and_stands_in_no_changes_way() {
        Answer created = destination(org);
        String path = org + "/destinations/" + created.text("/id");
        jdbc.sql("UPDATE export_run SET status = 'running' WHERE id = :id")
                .param("id", created.text("/latest_run/id"))
                .update();

        Answer polled = send(request(path)
                .header("Authorization", "Bearer " + manager)
                .header("If-None-Match", created.header("ETag")));
        assertThat(polled.status()).isEqualTo(200);
        assertThat(patchIf(created.header("ETag"), path, "{\"name\": \"Renamed\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void two_grants_of_one_patient_at_once_are_one_connection_with_one_queued_pull() {
        String body = "{\"source_id\": \"%s\", \"patient_id\": \"p1\", \"credentials\": {}}".formatted(source(org));

        List<Answer> answers = atOnce(() -> post(manager, org + "/connections", body));

        assertThat(answers).extracting(Answer::status).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(answers)
                .extracting(answer -> answer.text("/id"))
                .containsOnly(answers.get(0).text("/id"));
        assertThat(get(manager, org + "/pulls").body().at("/data")).hasSize(1);
    }

    @Test
    void of_sources_made_at_once_one_keeps_its_ids_and_each_has_its_key() {
        List<Answer> answers = atOnce(() ->
                post(manager, org + "/sources", "{\"name\": \"A\", \"fhir_base_url\": \"https://a1.example.org\"}"));

        assertThat(answers).extracting(answer -> answer.text("/ids")).containsOnlyOnce("original");
        assertThat(answers).extracting(answer -> answer.text("/key")).doesNotHaveDuplicates();
    }

    private Answer patchIf(String version, String path, String body) {
        return send(request(path)
                .header("Authorization", "Bearer " + manager)
                .header("Content-Type", "application/json")
                .header("If-Match", version)
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    private static List<Answer> atOnce(Supplier<Answer> call) {
        List<CompletableFuture<Answer>> calls = Stream.generate(
                        () -> CompletableFuture.supplyAsync(call, task -> new Thread(task).start()))
                .limit(6)
                .toList();
        return calls.stream().map(CompletableFuture::join).toList();
    }
}
