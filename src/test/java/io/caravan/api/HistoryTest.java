package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs and pulls say of themselves, from the rows that the flows write. */
class HistoryTest extends ApiTest {

    private String org;
    private String orgId;
    private String destination;
    private String run;

    @BeforeEach
    void tenant() {
        org = organization();
        orgId = org.substring(org.lastIndexOf('/') + 1);
        Answer created = destination(org);
        destination = created.text("/id");
        run = created.text("/latest_run/id");
    }

    @Test
    void a_runs_counts_come_from_its_items_and_add_up_per_type() {
        end(run, "partial", "3:3:", "100:100:");
        item(run, 1, "file", "Patient", "delivered", 10, 9, 1);
        item(run, 2, "file", "Patient", "failed", 5, 0, 0);
        item(run, 3, "file", "Observation", "delivered", 7, 7, 0);
        item(run, 4, "manifest", null, "delivered", 0, 0, 0);

        Answer detail = get(OPERATOR_KEY, org + "/runs/" + run);
        assertThat(detail.body().at("/resources").toString())
                .isEqualTo("{\"selected\":22,\"delivered\":16,\"superseded\":1,\"failed\":5}");
        assertThat(detail.body().at("/files").asInt()).isEqualTo(2);
        assertThat(detail.body().at("/bytes").asInt()).isEqualTo(200);
        assertThat(detail.body().at("/items").toString()).isEqualTo("{\"total\":4,\"ended\":4,\"failed\":1}");
        assertThat(detail.text("/types/0/type")).isEqualTo("Observation");
        assertThat(detail.body().at("/types/1/failed").asInt()).isEqualTo(5);
        assertThat(get(OPERATOR_KEY, org + "/runs").body().at("/data/0/resources"))
                .isEqualTo(detail.body().at("/resources"));
    }

    @Test
    void items_are_walked_in_the_order_of_the_plan() {
        for (int ordinal = 1; ordinal <= 3; ordinal++) {
            item(run, ordinal, "file", "Patient", ordinal == 2 ? "failed" : "delivered", 1, 1, 0);
        }

        Answer page = get(OPERATOR_KEY, org + "/runs/" + run + "/items?limit=2");
        Answer rest = get(OPERATOR_KEY, org + "/runs/" + run + "/items?limit=2&cursor=" + page.text("/next_cursor"));
        assertThat(page.body().at("/data").findValuesAsText("part")).containsExactly("1", "2");
        assertThat(rest.body().at("/data").findValuesAsText("part")).containsExactly("3");
        assertThat(page.text("/data/1/error/code")).isEqualTo("destination_refused");
        assertThat(get(OPERATOR_KEY, org + "/runs/" + run + "/items?status=failed")
                        .body()
                        .at("/data"))
                .hasSize(1);
    }

    @Test
    void rejections_count_as_failed_and_are_walked_in_the_order_in_which_they_came() {
        end(run, "partial", "3:3:", "100:100:");
        item(run, 1, "bundles", "Observation", "delivered", 10, 7, 1);
        jdbc.sql("UPDATE export_item SET rejected = 2 WHERE run_id = :run")
                .param("run", run)
                .update();
        for (String id : new String[] {"o2", "o1"}) {
            jdbc.sql("""
                            INSERT INTO export_leftover (org_id, run_id, item_id, rank, type, source_id, id, state, status,
                                                         words, outcome)
                            SELECT org_id, run_id, id, 0, 'Observation', 'src', :id, 'rejected', 422, 'No.',
                                   '{"resourceType":"OperationOutcome","issue":[{"diagnostics":"No."}]}'
                              FROM export_item WHERE run_id = :run""").param("run", run).param("id", id).update();
        }

        Answer detail = get(OPERATOR_KEY, org + "/runs/" + run);
        assertThat(detail.body().at("/resources").toString())
                .isEqualTo("{\"selected\":10,\"delivered\":7,\"superseded\":1,\"failed\":2}");
        assertThat(detail.body().at("/types/0/failed").asInt()).isEqualTo(2);
        assertThat(detail.body().at("/retryable").asBoolean()).isTrue();
        Answer page = get(OPERATOR_KEY, org + "/runs/" + run + "/rejections?limit=1");
        Answer rest = get(OPERATOR_KEY, org + "/runs/" + run + "/rejections?cursor=" + page.text("/next_cursor"));
        assertThat(page.text("/data/0/id")).isEqualTo("o2");
        assertThat(page.text("/data/0/outcome/issue/0/diagnostics")).isEqualTo("No.");
        assertThat(rest.body().at("/data").findValuesAsText("id")).containsExactly("o1");
    }

    @Test
    void a_failed_run_is_retryable_while_the_watermark_is_where_it_began() {
        end(run, "failed", "3:3:", "100:100:");
        assertThat(retryable()).isTrue();

        jdbc.sql("UPDATE destination SET watermark = '100:100:' WHERE id = :id")
                .param("id", destination)
                .update();
        assertThat(retryable()).isFalse();
    }

    @Test
    void a_partial_run_is_retryable_while_a_failed_file_is_unresolved_and_the_destination_enabled() {
        end(run, "partial", "3:3:", "100:100:");
        item(run, 1, "file", "Patient", "failed", 5, 0, 0);
        assertThat(retryable()).isTrue();

        patch(OPERATOR_KEY, org + "/destinations/" + destination, "{\"enabled\": false}");
        assertThat(retryable()).isFalse();
        patch(OPERATOR_KEY, org + "/destinations/" + destination, "{\"enabled\": true}");
        jdbc.sql("UPDATE export_item SET resolved_by = 'run_x' WHERE run_id = :run")
                .param("run", run)
                .update();
        assertThat(retryable()).isFalse();
    }

    @Test
    void a_pull_names_the_run_whose_window_saw_it_settled() {
        String pull = pull(3, 50);
        assertThat(exports(pull).toString()).isEqualTo(export(run, "queued"));

        end(run, "succeeded", "3:3:", "40:40:");
        assertThat(exports(pull)).isEmpty();

        String later = run("succeeded", "40:40:", "60:60:");
        assertThat(exports(pull).toString()).isEqualTo(export(later, "succeeded"));
        assertThat(get(OPERATOR_KEY, org + "/runs/" + later).text("/pulls/0")).isEqualTo(pull);

        run("succeeded", "60:60:", "80:80:");
        run("queued", null, null);
        assertThat(exports(pull).toString()).isEqualTo(export(later, "succeeded"));
    }

    @Test
    void a_run_that_took_its_window_before_the_pull_settled_is_named_until_a_later_one_sees_the_whole() {
        String pull = pull(3, 50);
        jdbc.sql("UPDATE pull SET started_at = now() - INTERVAL '1 min', completed_at = now() WHERE id = :id")
                .param("id", pull)
                .update();
        end(run, "succeeded", "10:10:", "45:45:");
        jdbc.sql("UPDATE export_run SET started_at = now() - INTERVAL '30 s' WHERE id = :id")
                .param("id", run)
                .update();
        assertThat(exports(pull).toString()).isEqualTo(export(run, "succeeded"));

        String later = run("succeeded", "45:45:", "60:60:");
        assertThat(exports(pull).toString()).isEqualTo(export(later, "succeeded"));
    }

    @Test
    void a_pull_that_brought_nothing_or_is_open_was_exported_nowhere() {
        assertThat(exports(pull(0, 50))).isEmpty();
        assertThat(exports(pull(3, null))).isEmpty();
    }

    @Test
    void a_pulls_counts_come_from_its_tasks() {
        String pull = pull(3, 50);
        jdbc.sql("""
                        INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query, status,
                                               seen, unchanged, error_code, error_message, warnings)
                        SELECT org_id, new_id('task'), id, source_id, 0, 'read', 'Patient', 'Patient/1', 'refused',
                               4, 4, 'source_refused', 'answered 403', '["incomplete"]'
                          FROM pull WHERE id = :id""").param("id", pull).update();

        Answer read = get(OPERATOR_KEY, org + "/pulls/" + pull);
        assertThat(read.body().at("/resources").toString())
                .isEqualTo("{\"seen\":7,\"new\":3,\"changed\":0,\"unchanged\":4,\"deleted\":0}");
        assertThat(read.body().at("/tasks/refused").asInt()).isEqualTo(1);
        Answer tasks = get(OPERATOR_KEY, org + "/pulls/" + pull + "/tasks?limit=1");
        assertThat(tasks.text("/data/0/error/message")).isEqualTo("answered 403");
        assertThat(tasks.text("/data/0/warnings/0")).isEqualTo("incomplete");
        assertThat(get(OPERATOR_KEY, org + "/pulls/" + pull + "/tasks?limit=1&cursor=" + tasks.text("/next_cursor"))
                        .text("/data/0/resource_type"))
                .isEqualTo("Observation");
    }

    private boolean retryable() {
        return get(OPERATOR_KEY, org + "/runs/" + run).body().at("/retryable").asBoolean();
    }

    private JsonNode exports(String pull) {
        return get(OPERATOR_KEY, org + "/pulls/" + pull).body().at("/exports");
    }

    private String export(String runId, String status) {
        return "[{\"destination_id\":\"%s\",\"run_id\":\"%s\",\"status\":\"%s\"}]"
                .formatted(destination, runId, status);
    }

    private String run(String status, String from, String to) {
        return jdbc.sql("""
                        INSERT INTO export_run (org_id, id, destination_id, trigger, mode, status, window_from, window_to)
                        VALUES (:org, new_id('run'), :destination, 'manual', 'delta', :status,
                                CAST(:from AS pg_snapshot), CAST(:to AS pg_snapshot))
                        RETURNING id""")
                .param("org", orgId)
                .param("destination", destination)
                .param("status", status)
                .param("from", from)
                .param("to", to)
                .query(String.class)
                .single();
    }

    private void end(String runId, String status, String from, String to) {
        jdbc.sql("""
                        UPDATE export_run
                           SET status = :status, planned_at = now(), completed_at = now(),
                               window_from = CAST(:from AS pg_snapshot), window_to = CAST(:to AS pg_snapshot)
                         WHERE id = :id""")
                .param("id", runId)
                .param("status", status)
                .param("from", from)
                .param("to", to)
                .update();
    }

    private void item(
            String runId, int ordinal, String kind, String type, String status, int selected, int delivered, int old) {
        jdbc.sql("""
                        INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, part, kind, resource_type,
                                                 status, selected, delivered, superseded, bytes, error_code)
                        VALUES (:org, new_id('item'), :run, :destination, :ordinal, :ordinal, :kind, :type, :status,
                                :selected, :delivered, :superseded, 100,
                                CASE WHEN :status = 'failed' THEN 'destination_refused' END)""")
                .param("org", orgId)
                .param("run", runId)
                .param("destination", destination)
                .param("ordinal", ordinal)
                .param("kind", kind)
                .param("type", type)
                .param("status", status)
                .param("selected", selected)
                .param("delivered", delivered)
                .param("superseded", old)
                .update();
    }

    /** A pull that brought so many new resources and, where {@code settled} is not null, settled in that transaction. */
    private String pull(int created, Integer settled) {
        String pull = connection(org, source(org)).text("/latest_pull/id");
        jdbc.sql("UPDATE pull SET status = 'completed', settled_xid = CAST(CAST(:xid AS text) AS xid8) WHERE id = :id")
                .param("id", pull)
                .param("xid", settled == null ? null : settled.toString())
                .update();
        jdbc.sql("""
                        INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query, status,
                                               seen, created)
                        SELECT org_id, new_id('task'), id, source_id, 1, 'search', 'Observation', 'Observation?a=b',
                               'done', :created, :created
                          FROM pull WHERE id = :id""").param("id", pull).param("created", created).update();
        return pull;
    }
}
