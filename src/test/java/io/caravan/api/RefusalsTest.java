package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.Ids;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is refused, and that each refusal is a problem that says so. */
@ExtendWith(OutputCaptureExtension.class)
class RefusalsTest extends ApiTest {

    private void assertProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.text("/code")).isEqualTo(code);
        assertThat(answer.body().at("/status").asInt()).isEqualTo(status);
        assertThat(answer.text("/type")).isNotEmpty();
        assertThat(answer.text("/title")).isNotEmpty();
        assertThat(answer.text("/detail")).isNotEmpty();
        assertThat(answer.text("/request_id")).isEqualTo(answer.header("X-Request-Id"));
    }

    @Test
    void a_body_that_is_no_json_is_located_and_not_repeated() {
        Answer answer = post(OPERATOR_KEY, "/api/v1/organizations", "{\"name\":\n \"canary\" oops}");

        assertProblem(answer, 400, "malformed_body");
        assertThat(answer.text("/detail")).contains("line 2");
        assertThat(answer.raw().body()).doesNotContain("canary").doesNotContain("oops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "{\"name\": \"a\"} {}", "{\"name\": \"a\", \"name\": \"b\"}"})
    void a_body_that_is_not_one_object_is_malformed(String body) {
        assertProblem(post(OPERATOR_KEY, "/api/v1/organizations", body), 400, "malformed_body");
    }

    @Test
    void an_unknown_field_is_named() {
        Answer answer = post(OPERATOR_KEY, "/api/v1/organizations", "{\"name\": \"a\", \"nmae\": \"b\"}");

        assertProblem(answer, 400, "invalid_request");
        assertThat(answer.text("/errors/0/field")).isEqualTo("nmae");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"fhir\", \"name\": \"a\", \"settings\": {}} | 422 | settings.base_url",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"ftp://a\"}} | 422 | settings.base_url",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://u:p@a\"}} | 422 | settings.base_url",
                "{\"type\": \"fhir\", \"settings\": {\"bucket\": \"a\"}} | 400 | settings.bucket",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": 1}} | 422 | settings.base_url",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"write_mode\": \"post\"}}"
                        + " | 422 | settings.write_mode",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"bundle_entries\": 0}}"
                        + " | 422 | settings.bundle_entries",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"bundle_bytes\": 1}}"
                        + " | 422 | settings.bundle_bytes",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"concurrency\": \"2\"}}"
                        + " | 422 | settings.concurrency",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"concurrency\": 99}}"
                        + " | 422 | settings.concurrency",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"headers\":"
                        + " {\"Authorization\": \"x\"}}} | 422 | settings.headers",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\", \"headers\":"
                        + " {\"X-A\": \"a\\r\\nX-B: b\"}}} | 422 | settings.headers",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\": {\"key\": \"a\"}}"
                        + " | 400 | credentials.key",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"basic\"}} | 422 | credentials.auth",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"bearer\"}} | 422 | credentials.token",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"bearer\", \"token\": \"a b\"}} | 422 | credentials.token",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"token\": \"a\"}} | 422 | credentials.auth",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"none\", \"token\": \"a\"}} | 422 | credentials.token",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"oauth2\", \"client_id\": \"a\"}} | 422 | credentials.token_endpoint",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"oauth2\", \"client_id\": \"a\", \"token_endpoint\": \"https://a\"}}"
                        + " | 422 | credentials.client_secret",
                "{\"type\": \"fhir\", \"settings\": {\"base_url\": \"https://a\"}, \"credentials\":"
                        + " {\"auth\": \"oauth2\", \"client_id\": \"a\", \"client_secret\": \"s\","
                        + " \"token_endpoint\": \"file:///a\"}} | 422 | credentials.token_endpoint",
                "{\"type\": \"ftp\", \"name\": \"a\", \"settings\": {}} | 422 | type",
                "{\"type\": \"object_storage\", \"name\": \"a\"} | 422 | settings",
                "{\"type\": \"object_storage\", \"settings\": {\"buckett\": \"a\"}} | 400 | settings.buckett",
                "{\"type\": \"object_storage\", \"settings\": {\"path_style\": \"a\"}} | 422 | settings.path_style",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"oci\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\"}} | 422 | settings.cloud_vendor",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"azure\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\"}} | 422 | settings.region",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"azure\", \"bucket\": \"a--b\","
                        + " \"file_type\": \"ndjson\"}} | 422 | settings.bucket",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"azure\", \"bucket\": \"abc\","
                        + " \"file_type\": \"ndjson\"}, \"credentials\": {\"sas_token\": \"sv=1&sig=a\"}}"
                        + " | 422 | credentials.access_key",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"azure\", \"bucket\": \"abc\","
                        + " \"file_type\": \"ndjson\"}, \"credentials\": {\"access_key\": \"a.evil\","
                        + " \"secret\": \"c2VjcmV0\"}} | 422 | credentials.access_key",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"aws\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\"}, \"credentials\":"
                        + " {\"sas_token\": \"sv=1&sig=a\"}} | 422 | credentials.sas_token",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"aws\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\", \"prefix\": \"${sysenv.HOME}\"}}"
                        + " | 422 | settings.prefix",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"aws\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\", \"prefix\": \"a/../b\"}}"
                        + " | 422 | settings.prefix",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"aws\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"parquet\"}} | 422 | settings.file_type",
                "{\"type\": \"object_storage\", \"settings\": {\"cloud_vendor\": \"aws\", \"region\": \"r\","
                        + " \"bucket\": \"abc\", \"file_type\": \"ndjson\"}} | 422 | credentials.access_key",
                "{\"type\": \"object_storage\", \"credentials\": {\"secret\": \"\"}} | 422 | credentials.secret"
            })
    void a_destination_that_cannot_be_is_refused_at_its_field(String body, int status, String field) {
        Answer answer = post(OPERATOR_KEY, organization() + "/destinations", body);

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.body().at("/errors").findValuesAsText("field")).contains(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aws | \"parquet\" | null | file_type | must be one of ndjson, ndjson_gz, ndjson_zip",
                "azure | \"NDJSON\" | null | file_type | must be one of ndjson, ndjson_gz, ndjson_zip",
                "gcs | null | null | file_type | is required",
                "aws | \"ndjson\" | 1048575 | target_file_size | must be between 1 MiB and 5 GiB, in bytes",
                "aws | \"ndjson_gz\" | 5368709121 | target_file_size | must be between 1 MiB and 5 GiB, in bytes",
                "azure | \"ndjson_zip\" | 4294967297 | target_file_size | must be between 1 MiB and 4 GiB, in bytes",
                "azure | \"ndjson_gz\" | -1 | target_file_size | must be between 1 MiB and 4 GiB, in bytes",
                "gcs | \"ndjson\" | \"1048576\" | target_file_size | has the wrong type"
            })
    void what_files_can_be_is_said_where_they_cannot(
            String vendor, String type, String target, String field, String message) {
        String region = vendor.equals("aws") ? "\"r\"" : "null";
        Answer answer =
                post(OPERATOR_KEY, organization() + "/destinations", """
                {"name": "a", "type": "object_storage", "settings": {"cloud_vendor": "%s", "region": %s, "bucket": "abc",
                 "file_type": %s, "target_file_size": %s}}""".formatted(vendor, region, type, target));

        assertProblem(answer, 422, "invalid_field");
        assertThat(answer.text("/errors/0/field")).isEqualTo("settings." + field);
        assertThat(answer.text("/errors/0/message")).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example.org",
                "https://user:pw@a.example.org",
                "https://a.example.org?x=1",
                "https://a.example.org#x",
                "a.example.org/fhir",
                "https:///fhir"
            })
    void a_base_url_that_is_none_is_refused(String url) {
        Answer answer = post(
                OPERATOR_KEY,
                organization() + "/sources",
                "{\"name\": \"a\", \"fhir_base_url\": \"%s\"}".formatted(url));

        assertProblem(answer, 422, "invalid_field");
        assertThat(answer.text("/errors/0/field")).isEqualTo("fhir_base_url");
    }

    @Test
    void credentials_of_another_shape_are_refused_and_not_repeated() {
        String org = organization();
        Answer answer = post(OPERATOR_KEY, org + "/connections", """
                {"source_id": "%s", "patient_id": "p", "credentials": {"refresh_token": "canary-token"}}""".formatted(source(org)));

        assertProblem(answer, 422, "invalid_field");
        assertThat(answer.body().at("/errors").findValuesAsText("field"))
                .contains("credentials.token_endpoint", "credentials.client_id");
        assertThat(answer.raw().body()).doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"client_auth\": \"canary\" | credentials.client_auth | must be one of",
                "\"client_auth\": \"client_secret_post\" | credentials.client_secret | is required with client_auth client_secret_post",
                "\"client_auth\": \"private_key_jwt\" | credentials.private_key | is required with client_auth private_key_jwt",
                "\"client_auth\": \"none\", \"client_secret\": \"canary\" | credentials.client_auth | must not be none",
                "\"client_secret\": \"canary\", \"private_key\": \"canary\" | credentials.client_auth | is required where there are both",
                "\"private_key\": \"canary\" | credentials.private_key | must be a JWK, or PEM",
                "\"private_key\": \"{\\\"kty\\\":\\\"RSA\\\",\\\"canary\\\":1}\" | credentials.private_key | must be an RSA key"
            })
    void a_client_that_cannot_prove_itself_is_refused_at_its_field(String given, String field, String message) {
        String org = organization();
        Answer answer = post(OPERATOR_KEY, org + "/connections", """
                {"source_id": "%s", "patient_id": "p", "credentials": {"refresh_token": "canary-token", "client_id": "c",
                 "token_endpoint": "https://auth.example.org/token", %s}}""".formatted(source(org), given));

        assertProblem(answer, 422, "invalid_field");
        assertThat(answer.text("/errors/0/field")).isEqualTo(field);
        assertThat(answer.text("/errors/0/message")).startsWith(message);
        assertThat(answer.raw().body()).doesNotContain("canary");
    }

    @Test
    void nobody_and_a_wrong_key_are_unauthenticated() {
        String org = organization();

        assertProblem(get(null, org + "/sources"), 401, "unauthenticated");
        assertProblem(post(null, org + "/sources", "{}"), 401, "unauthenticated");
        assertProblem(get("ck_wrong", org + "/sources"), 401, "unauthenticated");
        assertProblem(get(null, "/api/v1/nothing"), 401, "unauthenticated");
    }

    @Test
    void a_viewer_reads_a_manager_changes_and_only_the_operator_makes_organizations() {
        String org = organization();
        String viewer = key(org, "viewer");
        String manager = key(org, "manager");

        assertThat(get(viewer, org + "/sources").status()).isEqualTo(200);
        assertThat(get(viewer, org + "/summary").status()).isEqualTo(200);
        assertProblem(post(viewer, org + "/sources", "{}"), 403, "forbidden");
        assertProblem(post(viewer, org + "/api-keys", "{\"name\": \"a\", \"role\": \"manager\"}"), 403, "forbidden");
        assertProblem(
                post(manager, org + "/api-keys", "{\"name\": \"a\", \"role\": \"operator\"}"), 422, "invalid_field");
        assertProblem(post(manager, "/api/v1/organizations", "{\"name\": \"a\"}"), 403, "forbidden");
        assertProblem(get(manager, "/api/v1/organizations"), 403, "forbidden");
        assertProblem(delete(manager, org), 403, "forbidden");
        assertProblem(get(manager, "/actuator/prometheus"), 403, "forbidden");
    }

    @Test
    void another_organizations_ids_are_not_found_on_any_path() {
        String mine = organization();
        String theirs = organization();
        String manager = key(mine, "manager");
        String source = source(theirs);
        Answer connection = connection(theirs, source);
        Answer destination = destination(theirs);
        String key = post(OPERATOR_KEY, theirs + "/api-keys", "{\"name\": \"a\", \"role\": \"viewer\"}")
                .text("/id");
        String pull = "/pulls/" + connection.text("/latest_pull/id");
        String run = "/runs/" + destination.text("/latest_run/id");
        List<String> reads = List.of(
                "/sources/" + source,
                "/connections/" + connection.text("/id"),
                pull,
                pull + "/tasks",
                "/destinations/" + destination.text("/id"),
                run,
                run + "/items",
                run + "/rejections");

        for (String path : reads) {
            assertThat(get(OPERATOR_KEY, theirs + path).status()).as(path).isEqualTo(200);
            assertProblem(get(manager, theirs + path), 404, "not_found");
            assertProblem(get(manager, mine + path), 404, "not_found");
        }
        for (String path : List.of(
                "/connections/" + connection.text("/id") + "/pulls",
                pull + "/cancel",
                pull + "/retry",
                run + "/retry")) {
            assertProblem(post(manager, theirs + path, null), 404, "not_found");
            assertProblem(post(manager, mine + path, null), 404, "not_found");
        }
        String credentials = "{\"credentials\": {\"access_token\": \"a\"}}";
        assertProblem(patch(manager, mine + "/connections/" + connection.text("/id"), credentials), 404, "not_found");
        assertProblem(patch(manager, mine + "/sources/" + source, "{\"name\": \"a\"}"), 404, "not_found");
        assertProblem(
                patch(manager, mine + "/destinations/" + destination.text("/id"), "{\"name\": \"a\"}"),
                404,
                "not_found");
        assertProblem(delete(manager, mine + "/sources/" + source), 404, "not_found");
        assertProblem(delete(manager, mine + "/destinations/" + destination.text("/id")), 404, "not_found");
        assertProblem(delete(manager, mine + "/api-keys/" + key), 404, "not_found");
        assertProblem(
                post(
                        manager,
                        mine + "/connections",
                        "{\"source_id\": \"%s\", \"patient_id\": \"p\"}".formatted(source)),
                404,
                "not_found");
        assertThat(get(manager, mine + "/runs?destination_id=" + destination.text("/id"))
                        .body()
                        .at("/data"))
                .isEmpty();
    }

    @Test
    void an_organization_that_does_not_exist_is_not_found_and_a_malformed_id_is_malformed() {
        String org = organization();

        assertProblem(get(OPERATOR_KEY, "/api/v1/organizations/" + Ids.next("org") + "/sources"), 404, "not_found");
        assertProblem(get(OPERATOR_KEY, "/api/v1/organizations/acme/sources"), 400, "malformed_id");
        assertProblem(get(OPERATOR_KEY, org + "/runs/" + Ids.next("pull")), 400, "malformed_id");
        assertProblem(get(OPERATOR_KEY, org + "/runs/run_1"), 400, "malformed_id");
        assertProblem(get(OPERATOR_KEY, org + "/runs?destination_id=x"), 400, "malformed_id");
    }

    @Test
    void what_http_knows_to_be_wrong_is_a_problem_too() {
        String org = organization();

        assertProblem(get(OPERATOR_KEY, "/api/v1/nothing"), 404, "not_found");
        assertProblem(delete(OPERATOR_KEY, org + "/runs"), 405, "method_not_allowed");
        assertProblem(get(OPERATOR_KEY, org + "/runs?limit=0"), 400, "invalid_request");
        assertProblem(get(OPERATOR_KEY, org + "/runs?limit=201"), 400, "invalid_request");
        assertProblem(get(OPERATOR_KEY, org + "/runs?limit=many"), 400, "invalid_request");
        assertProblem(get(OPERATOR_KEY, org + "/runs?cursor=*"), 400, "invalid_request");
        assertProblem(get(OPERATOR_KEY, org + "/runs?status=lost"), 400, "invalid_request");
        assertProblem(
                send(request(org + "/sources")
                        .header("Authorization", "Bearer " + OPERATOR_KEY)
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("a"))),
                415,
                "unsupported_media_type");
        assertProblem(
                send(request(org + "/sources")
                        .header("Authorization", "Bearer " + OPERATOR_KEY)
                        .header("Accept", "text/csv")),
                406,
                "not_acceptable");
        assertProblem(get(OPERATOR_KEY, "/api/v1//organizations"), 400, "invalid_request");
    }

    @Test
    void a_defect_is_answered_with_its_request_id_and_nothing_else() {
        String org = organization();
        Answer destination = destination(org);
        jdbc.sql("UPDATE destination SET settings = '{\"canary\": 1}' WHERE id = :id")
                .param("id", destination.text("/id"))
                .update();

        Answer answer = get(OPERATOR_KEY, org + "/destinations/" + destination.text("/id"));
        assertProblem(answer, 500, "internal");
        assertThat(answer.raw().body()).doesNotContain("canary").doesNotContain("Exception");
    }

    @Test
    void secrets_are_in_no_answer_and_no_log_and_no_request_header_comes_back(CapturedOutput output) {
        String org = organization();
        String source = source(org);
        Answer connected = post(OPERATOR_KEY, org + "/connections", """
                {"source_id": "%s", "patient_id": "p", "credentials": {"access_token": "canary-token",
                 "refresh_token": "canary-refresh", "token_endpoint": "https://t.example.org", "client_id": "app",
                 "client_secret": "canary-client"}}""".formatted(source));
        Answer destination = destination(org);

        for (String path : List.of(
                "/connections",
                "/connections/" + connected.text("/id"),
                "/destinations",
                "/destinations/" + destination.text("/id"),
                "/summary",
                "/runs",
                "/pulls",
                "/api-keys")) {
            Answer answer = send(request(org + path)
                    .header("Authorization", "Bearer " + OPERATOR_KEY)
                    .header("X-Request-Id", "canary-request")
                    .header("X-Canary", "canary-header")
                    .header("CamelHttpUri", "http://canary.example.org"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.raw().body()).doesNotContain("canary");
            assertThat(answer.raw().headers().map().toString())
                    .doesNotContainIgnoringCase("canary")
                    .doesNotContainIgnoringCase("authorization")
                    .doesNotContain(OPERATOR_KEY);
        }
        assertThat(connected.raw().body()).doesNotContain("canary");
        assertThat(destination.raw().body()).doesNotContain("canary");
        assertThat(output).doesNotContain("canary").doesNotContain(OPERATOR_KEY).doesNotContain(OPERATOR_PASSWORD);
    }
}
