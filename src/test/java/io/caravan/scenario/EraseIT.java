package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A patient is erased here, at once: no byte is left, and nothing that somebody else needs is gone. */
class EraseIT extends ErasureCase {

    @Test
    void what_only_it_saw_is_blank_and_what_another_sees_stays() {
        connectBoth();
        assertThat(stored()).hasSize(8);

        JsonNode receipt = erase();

        assertThat(receipt.path("erased").asInt()).isEqualTo(4);
        assertThat(receipt.path("kept").asInt()).isEqualTo(1);
        assertThat(receipt.path("types"))
                .extracting(type -> type.path("type").asText() + " "
                        + type.path("erased").asText() + " " + type.path("kept").asText())
                .containsExactly("Observation 3 0", "Patient 1 0", "Practitioner 0 1");
        assertThat(receipt.at("/deletion/delivered").asBoolean())
                .as("there is no destination")
                .isTrue();
        Awaitility.await("gone for good").until(() -> stored().size() == 4);
        assertThat(stored()).containsExactly("Observation/a", "Observation/z", "Patient/p2", SHARED);
        assertThat(row("SELECT content FROM resource_record WHERE type = 'Practitioner'"))
                .contains("doctor");
        assertThat(row("SELECT count(*)::text FROM record_sighting WHERE connection_id = '" + connection + "'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"original", "scoped"})
    void no_byte_of_the_patient_is_left(String ids) {
        connectBoth(ids);
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        enable(destination, false);
        assertThat(tablesWith(word)).as("the search works").contains("resource_record");
        assertThat(tablesWith(patient))
                .as("the search works")
                .contains("resource_record", "pull_task", "connection", "export_item");

        erase();

        assertThat(tablesWith(word)).isEmpty();
        assertThat(tablesWith(patient))
                .as("until the destination is told")
                .containsExactlyInAnyOrder("resource_record", "export_item");
        assertThat(row("SELECT string_agg(type || '/' || (to_jsonb(r) - 'id')::text, ',') FROM resource_record r"
                        + " WHERE id LIKE '%" + patient + "'"))
                .as("of the Patient its key alone")
                .startsWith("Patient/")
                .doesNotContain(patient);
        assertThat(row("SELECT count(*)::text FROM resource_record r WHERE (to_jsonb(r) - 'id')::text LIKE '%" + patient
                        + "%'"))
                .isEqualTo("0");

        enable(destination, true);

        Awaitility.await("gone for good").until(() -> tablesWith(patient).isEmpty());
        JsonNode receipt = receipt();
        assertThat(receipt.at("/deletion/tombstones").asInt()).isZero();
        assertThat(receipt.at("/deletion/delivered").asBoolean()).isTrue();
    }

    @Test
    void a_pull_that_is_under_way_lands_nothing_any_more() {
        connectBoth();
        try (Traces traces = new Traces()) {
            FaultHandle stalled =
                    source.fail(request -> request.isSearch("Observation")).with(Fault.stall());
            String pull = caravan.pullNow(connection);
            Awaitility.await("a page under way").until(() -> stalled.held() == 1);
            String task = task(caravan.pull(pull), "Observation").path("id").asText();

            erase();
            stalled.release();

            Awaitility.await("the node gives up")
                    .untilAsserted(() -> assertThat(traces.logged())
                            .anyMatch(line -> line.contains(task + " was taken over by another node")));
            assertThat(tablesWith(word)).isEmpty();
            Awaitility.await("gone for good").until(() -> tablesWith(patient).isEmpty());
            statusIs(caravan.pull(pull), "cancelled");
            assertThat(caravan.tasks(pull)).isEmpty();
        }
    }

    @Test
    void asked_again_it_answers_the_same_receipt() {
        connectBoth();
        JsonNode first = erase();
        Awaitility.await("gone for good").until(() -> stored().size() == 4);

        JsonNode again = erase();

        assertThat(again.path("erased_at")).isEqualTo(first.path("erased_at"));
        assertThat(again.path("types")).isEqualTo(first.path("types"));
        assertThat(again).isEqualTo(receipt());
        assertThat(caravan.post(caravan.path("/connections/" + connection + "/disconnect"), Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(receipt()).isEqualTo(again);
    }

    @Test
    void a_disconnected_connection_is_erased_too_and_one_that_is_disconnected_keeps_nothing_for_it() {
        connectBoth();
        String other = caravan.all("/connections").stream()
                .filter(one -> one.path("patient_id").asText().equals("p2"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
        for (String id : List.of(connection, other)) {
            caravan.post(caravan.path("/connections/" + id + "/disconnect"), Map.of())
                    .ok();
        }

        JsonNode receipt = erase();

        assertThat(receipt.path("erased").asInt()).isEqualTo(5);
        assertThat(receipt.path("kept").asInt()).isZero();
    }

    @Test
    void the_same_patient_connects_anew_and_comes_back_as_a_change() {
        connectBoth();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        erase();
        awaitDelivered(destination);

        JsonNode anew = caravan.connect(registered, patient, null).ok();

        assertThat(anew.path("id").asText()).isNotEqualTo(connection);
        caravan.awaitPull(anew.at("/latest_pull/id").asText());
        JsonNode run = caravan.awaitRuns(destination, 3).get(0);
        assertThat(delivered(s3, "lake", prefix, run.path("id").asText()))
                .containsExactly("Observation/m1", "Observation/m2", "Observation/m3", "Patient/" + patient);
        problem(
                caravan.patch(caravan.path("/connections/" + connection), Map.of("credentials", Map.of())),
                409,
                "conflict");
        assertThat(receipt().path("erased").asInt()).isEqualTo(4);
    }

    /** Every table of the database in which this text stands somewhere. */
    private List<String> tablesWith(String text) {
        return database
                .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> !table.equals("flyway_schema_history"))
                .filter(table -> database.sql(
                                "SELECT EXISTS (SELECT 1 FROM %s t WHERE t::text LIKE :text)".formatted(table))
                        .param("text", "%" + text + "%")
                        .query(Boolean.class)
                        .single())
                .toList();
    }

    private String row(String sql) {
        return database.sql(sql + (sql.contains("record_sighting") ? "" : " AND org_id = '" + caravan.org() + "'"))
                .query(String.class)
                .single();
    }
}
