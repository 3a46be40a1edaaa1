package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Who did what stands in the audit log, before it is tried, and stays there. */
class AuditTest extends ApiTest {

    private String org;
    private String manager;

    @BeforeEach
    void newOrganization() {
        org = organization();
        manager = key(org, "manager");
    }

    @Test
    void a_change_is_logged_with_who_what_which_and_what_came_of_it() {
        Answer created = post(
                manager,
                org + "/sources",
                "{\"name\": \"St. Elsewhere\", \"fhir_base_url\": \"https://a.example.org/r4\"}");
        String source = created.text("/id");
        Answer changed = patch(manager, org + "/sources/" + source, "{\"name\": \"General\"}");
        delete(manager, org + "/sources/" + source);

        List<JsonNode> entries = entries();
        assertThat(entries.stream().map(AuditTest::told).toList())
                .startsWith(
                        "deleteSource " + source + " null 204",
                        "changeSource " + source + " null 200",
                        "createSource null " + source + " 201");
        JsonNode change = entries.get(1);
        assertThat(change.path("caller").asText()).startsWith("key_");
        assertThat(change.path("caller_name").asText()).isEqualTo("test");
        assertThat(change.path("request_id").asText()).isEqualTo(changed.header("X-Request-Id"));
        assertThat(org).endsWith(change.path("organization_id").asText());
        assertThat(change.path("at").asText()).isNotEmpty();
    }

    @Test
    void what_was_refused_is_logged_as_well() {
        post(manager, org + "/sources", "{\"name\": \"canary-name\", \"fhir_base_url\": \"ftp://canary\"}");
        post(manager, org + "/sources", "no json, canary");

        assertThat(entries().stream().map(AuditTest::told).toList())
                .startsWith("createSource null null 400", "createSource null null 422");
        assertThat(get(manager, org + "/audit").raw().body()).doesNotContain("canary");
    }

    @Test
    void a_retry_is_logged() {
        String run = destination(org).text("/latest_run/id");
        jdbc.sql("UPDATE export_run SET status = 'failed', completed_at = now() WHERE id = :id")
                .param("id", run)
                .update();
        Answer retried = post(manager, org + "/runs/" + run + "/retry", "{}");

        assertThat(entries().stream().map(AuditTest::told))
                .contains("retryRun " + run + " " + (retried.status() == 202 ? retried.text("/id") : "null") + " "
                        + retried.status());
    }

    @Test
    void who_looked_at_credentials_is_logged_once_an_hour() {
        String destination = destination(org).text("/id");
        for (int i = 0; i < 3; i++) {
            get(manager, org + "/destinations/" + destination);
        }
        get(OPERATOR_KEY, org + "/destinations/" + destination);
        get(manager, org + "/runs");

        List<JsonNode> entries = entries();
        assertThat(entries.stream().map(AuditTest::told).filter(told -> told.startsWith("readDestination")))
                .hasSize(2)
                .containsOnly("readDestination " + destination + " null 200");
        assertThat(entries).noneMatch(entry -> entry.path("action").asText().equals("listRuns"));
    }

    @Test
    void every_answer_that_tells_whether_credentials_are_set_is_among_those() {
        String destination = destination(org).text("/id");
        String connection = connection(org, source(org)).text("/id");
        List<String> looks = new ArrayList<>();
        Contract.operations().forEach((request, operation) -> {
            if (request.startsWith("GET ") && shows(operation.at("/responses/200"), "credentials_set")) {
                looks.add(operation.path("operationId").asText());
                get(
                        manager,
                        request.substring(4)
                                .replace("/api/v1/organizations/{org}", org)
                                .replace("{connection}", connection)
                                .replace("{destination}", destination));
            }
        });

        assertThat(looks).contains("readConnection", "listConnections", "readDestination", "listDestinations");
        assertThat(entries().stream().map(entry -> entry.path("action").asText()))
                .containsAll(looks);
    }

    private static boolean shows(JsonNode schema, String property) {
        if (schema.has("$ref")) {
            return shows(Contract.document().at(schema.path("$ref").asText().substring(1)), property);
        }
        for (Map.Entry<String, JsonNode> part : schema.properties()) {
            if (part.getKey().equals(property) || shows(part.getValue(), property)) {
                return true;
            }
        }
        for (JsonNode part : schema.isArray() ? schema : JSON.createArrayNode()) {
            if (shows(part, property)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void what_is_answered_again_was_not_done_again() {
        for (int i = 0; i < 2; i++) {
            send(request(org + "/sources")
                    .POST(BodyPublishers.ofString("{\"name\": \"a\", \"fhir_base_url\": \"https://a.example.org/r4\"}"))
                    .header("Authorization", "Bearer " + manager)
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", org));
        }

        assertThat(entries())
                .filteredOn(entry -> entry.path("action").asText().equals("createSource"))
                .hasSize(1);
    }

    @Test
    void viewers_do_not_see_it_and_each_organization_sees_its_own() {
        assertThat(get(key(org, "viewer"), org + "/audit").status()).isEqualTo(403);
        String other = organization();
        String others = key(other, "manager");

        assertThat(get(others, org + "/audit").status()).isEqualTo(404);
        assertThat(get(others, other + "/audit").body().path("data"))
                .allMatch(entry -> other.endsWith(entry.path("organization_id").asText()));
        assertThat(get(manager, "/api/v1/audit").status()).isEqualTo(403);
    }

    @Test
    void an_operator_sees_what_was_done_in_organizations_that_are_gone() {
        delete(OPERATOR_KEY, org);

        JsonNode newest = get(OPERATOR_KEY, "/api/v1/audit?limit=1").body().at("/data/0");
        assertThat(newest.path("action").asText()).isEqualTo("deleteOrganization");
        assertThat(org).endsWith(newest.path("organization_id").asText());
    }

    @Test
    void it_is_paged_newest_first() {
        for (int i = 0; i < 5; i++) {
            post(manager, org + "/sources", "{}");
        }
        List<String> paged = new ArrayList<>();
        String cursor = "";
        do {
            Answer page = get(manager, org + "/audit?limit=2" + cursor);
            page.body().path("data").forEach(entry -> paged.add(entry.path("id").asText()));
            cursor = page.body().path("next_cursor").isNull() ? null : "&cursor=" + page.text("/next_cursor");
        } while (cursor != null);

        assertThat(paged).hasSizeGreaterThan(5).doesNotHaveDuplicates().isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_entry SET caller = 'nobody'",
                "DELETE FROM audit_entry",
                "TRUNCATE audit_entry CASCADE",
                "UPDATE audit_outcome SET status = 200",
                "DELETE FROM audit_outcome"
            })
    void nothing_in_it_can_be_changed_or_deleted(String statement) {
        assertThatThrownBy(() -> jdbc.sql(statement).update()).isInstanceOf(DataAccessException.class);
        assertThat(entries()).isNotEmpty();
    }

    private List<JsonNode> entries() {
        List<JsonNode> entries = new ArrayList<>();
        get(manager, org + "/audit?limit=200").body().path("data").forEach(entries::add);
        return entries;
    }

    private static String told(JsonNode entry) {
        return "%s %s %s %s"
                .formatted(
                        entry.path("action").asText(),
                        entry.path("target").asText(),
                        entry.path("made").asText(),
                        entry.path("status").asText());
    }
}
