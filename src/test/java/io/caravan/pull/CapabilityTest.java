package io.caravan.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilityTest {

    @Test
    void the_parameters_of_a_type_are_its_own_and_those_of_all_types() {
        Capability capability = capability("""
                {"rest": [{"mode": "server", "searchParam": [{"name": "_lastUpdated"}], "resource": [
                  {"type": "Observation", "searchParam": [{"name": "subject"}, {"name": "code"}, {"name": "patient"}]},
                  {"type": "Condition", "searchParam": [{"name": "subject"}]},
                  {"type": "Organization", "searchParam": [{"name": "name"}]},
                  {"type": "Basic"}
                ]}]}""");

        assertThat(capability.types().keySet()).containsExactly("Observation", "Condition", "Organization", "Basic");
        assertThat(capability.types().get("Observation").parameters())
                .containsExactlyInAnyOrder("subject", "code", "patient", "_lastUpdated");
        assertThat(capability.types().get("Observation").patientParameter()).contains("patient");
        assertThat(capability.types().get("Condition").patientParameter()).contains("subject");
        assertThat(capability.types().get("Organization").patientParameter()).isEmpty();
    }

    @Test
    void a_type_that_lists_interactions_but_no_search_is_not_offered() {
        assertThat(capability("""
                {"rest": [{"resource": [
                  {"type": "Goal", "interaction": [{"code": "read"}]},
                  {"type": "CarePlan", "interaction": []},
                  {"type": "CareTeam", "interaction": [{"code": "read"}, {"code": "search-type"}]}
                ]}]}""").types()).containsOnlyKeys("CarePlan", "CareTeam");
    }

    @Test
    void what_is_no_r4_type_and_what_a_client_does_are_left_out_and_the_first_of_two_counts() {
        Capability capability = capability("""
                {"rest": [
                  {"mode": "client", "resource": [{"type": "Goal"}]},
                  {"mode": "server", "resource": [
                    {"type": "../admin"}, {"type": "observation"}, {"searchParam": [{"name": "patient"}]},
                    {"type": "Observation", "searchParam": [{"name": "patient"}]},
                    {"type": "Observation", "searchParam": [{"name": "subject"}]}
                  ]}
                ]}""");

        assertThat(capability.types()).containsOnlyKeys("Observation");
        assertThat(capability.types().get("Observation").parameters()).containsExactly("patient");
    }

    @Test
    void the_server_is_named_by_software_publisher_and_implementation() {
        Capability named = capability("""
                {"software": {"name": "Epic"}, "publisher": "Clinic",
                 "implementation": {"description": "Sandbox", "url": "https://fhir.example.org"}}""");

        assertThat(named.software()).isEqualTo("Epic");
        assertThat(named.publisher()).isEqualTo("Clinic");
        assertThat(named.implementation()).isEqualTo("Sandbox https://fhir.example.org");
        assertThat(capability("{}").software()).isEmpty();
        assertThat(capability("{\"software\": {\"name\": null}}").software()).isEqualTo("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "[]; true",
                "[\"Provenance:target\"]; true",
                "[\"*\"]; true",
                "[\"Observation:subject\"]; false",
            })
    void a_type_that_lists_what_it_includes_but_not_this_does_not_include_it(String listed, boolean may) {
        assertThat(capability("{\"rest\": [{\"resource\": [{\"type\": \"Goal\", \"searchRevInclude\": " + listed
                                + "}]}]}")
                        .types()
                        .get("Goal")
                        .mayRevInclude("Provenance:target"))
                .isEqualTo(may);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"rest\": []}",
                "{\"rest\": [{}]}",
                "{\"rest\": \"none\"}",
                "{\"rest\": [{\"resource\": {}}]}"
            })
    void a_statement_without_types_offers_none(String statement) {
        assertThat(capability(statement).types()).isEmpty();
    }

    static Capability capability(String statement) {
        try {
            return Capability.of(new ObjectMapper().readTree(statement));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
