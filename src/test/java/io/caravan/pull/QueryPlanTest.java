package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.run.ClaimedPull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryPlanTest {

    @Test
    void each_type_is_searched_by_patient_else_by_subject_else_not_at_all() {
        assertThat(parameters("""
                {"rest": [{"mode": "server", "resource": [
                  {"type": "Observation", "searchParam": [{"name": "subject"}, {"name": "code"}, {"name": "patient"}]},
                  {"type": "Condition", "searchParam": [{"name": "subject"}]},
                  {"type": "Organization", "searchParam": [{"name": "name"}]},
                  {"type": "Basic"}
                ]}]}""")).containsExactly(entry("Observation", "patient"), entry("Condition", "subject"));
    }

    @Test
    void a_type_that_lists_interactions_but_no_search_is_not_searched() {
        assertThat(parameters("""
                {"rest": [{"resource": [
                  {"type": "Goal", "interaction": [{"code": "read"}], "searchParam": [{"name": "patient"}]},
                  {"type": "CarePlan", "interaction": [], "searchParam": [{"name": "patient"}]},
                  {"type": "CareTeam", "interaction": [{"code": "read"}, {"code": "search-type"}],
                   "searchParam": [{"name": "patient"}]}
                ]}]}""")).containsOnlyKeys("CarePlan", "CareTeam");
    }

    @Test
    void what_is_no_r4_type_the_patient_and_what_a_client_does_are_left_out() {
        assertThat(parameters("""
                {"rest": [
                  {"mode": "client", "resource": [{"type": "Goal", "searchParam": [{"name": "patient"}]}]},
                  {"mode": "server", "resource": [
                    {"type": "Patient", "searchParam": [{"name": "patient"}]},
                    {"type": "../admin", "searchParam": [{"name": "patient"}]},
                    {"type": "observation", "searchParam": [{"name": "patient"}]},
                    {"searchParam": [{"name": "patient"}]},
                    {"type": "Observation", "searchParam": [{"name": "patient"}]},
                    {"type": "Observation", "searchParam": [{"name": "subject"}]}
                  ]}
                ]}""")).containsExactly(entry("Observation", "patient"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}",
                "{\"rest\": []}",
                "{\"rest\": [{}]}",
                "{\"rest\": \"none\"}",
                "{\"rest\": [{\"resource\": {}}]}"
            })
    void a_statement_that_offers_nothing_plans_no_search(String statement) {
        assertThat(parameters(statement)).isEmpty();
    }

    @Test
    void a_source_without_a_statement_is_asked_for_the_usual_types() {
        assertThat(QueryPlan.bestEffort())
                .hasSizeGreaterThan(10)
                .containsEntry("Observation", "patient")
                .doesNotContainKeys("Patient", "Organization", "Practitioner", "Location", "Medication")
                .containsValue("patient");
    }

    @Test
    void the_patient_is_read_first_and_references_are_followed_last() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("Observation", "patient");
        parameters.put("Condition", "subject");

        assertThat(QueryPlan.of(pull("p1"), parameters, 200))
                .containsExactly(
                        new PlannedTask("read", 0, "Patient", "Patient/p1"),
                        new PlannedTask("search", 1, "Observation", "Observation?patient=p1&_count=200"),
                        new PlannedTask("search", 1, "Condition", "Condition?subject=p1&_count=200"),
                        new PlannedTask("references", 2, "*", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "a.b-C_1, a.b-C_1",
        "a/b, a%2Fb",
        "../admin, ..%2Fadmin",
        "a b, a%20b",
        "a+b, a%2Bb",
        "urn:oid:1.2|3, urn%3Aoid%3A1.2%7C3",
        "1&_count=1#x?y, 1%26_count%3D1%23x%3Fy",
        "Zoë, Zo%C3%AB",
        "100%, 100%25",
    })
    void the_patients_id_is_one_segment_and_one_value(String id, String encoded) {
        List<PlannedTask> plan = QueryPlan.of(pull(id), Map.of("Goal", "patient"), 50);

        assertThat(plan.get(0).query()).isEqualTo("Patient/" + encoded);
        assertThat(plan.get(1).query()).isEqualTo("Goal?patient=" + encoded + "&_count=50");
    }

    private static Map<String, String> parameters(String statement) {
        try {
            return QueryPlan.parameters(new ObjectMapper().readTree(statement));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static ClaimedPull pull(String patient) {
        return new ClaimedPull(
                "org_1",
                "pull_1",
                "conn_1",
                "src_1",
                patient,
                "https://fhir.example.org/r4",
                "main",
                "original",
                "auto",
                null,
                1,
                1,
                "plan");
    }
}
