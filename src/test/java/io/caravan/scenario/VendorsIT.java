package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sources as vendors build them: what they are asked is their profile's to say. The numbers are those of the behaviours of
 * sources that the pull is built for.
 */
class VendorsIT extends VendorCase {

    static Stream<Arguments> statements() {
        return Stream.of(
                Arguments.of("missing", Fault.status(404)),
                Arguments.of("not allowed", Fault.status(405)),
                Arguments.of("not built", Fault.status(501)),
                Arguments.of("kept from us", Fault.status(403)),
                Arguments.of("not understood", Fault.status(400)),
                Arguments.of("HTML", Fault.html()),
                Arguments.of("no JSON", Fault.answer(200, "application/fhir+json", "<CapabilityStatement/>")),
                Arguments.of(
                        "another resource",
                        Fault.answer(200, "application/fhir+json", "{\"resourceType\":\"Bundle\"}")),
                Arguments.of("without types", Fault.answer(200, "application/fhir+json", """
                                {"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server"}]}""")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("statements")
    void line_01_a_statement_that_says_nothing_leads_to_the_usual_types(String name, Fault fault) {
        source = smallSource();
        source.fail(SourceRequest::isMetadata).with(fault);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(texts(pull.path("warnings"))).anyMatch(warning -> warning.contains("CapabilityStatement"));
        statusIs(task(pull, "CarePlan"), "unsupported");
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_01_a_vendor_found_once_is_still_that_vendor_where_its_statement_is_missing() {
        source = smallSource(EPIC);
        JsonNode first = pull(source, PATIENT);
        String registered = first.path("source_id").asText();
        assertThat(caravan.get(caravan.path("/sources/" + registered))
                        .ok()
                        .path("detected_profile")
                        .asText())
                .isEqualTo("epic");
        source.forgetRequests();
        source.fail(SourceRequest::isMetadata).with(Fault.capabilityMissing());

        statusIs(pullAgain(first), "completed");

        assertThat(queries("Observation")).allMatch(query -> query.contains("category="));
    }

    @Test
    void line_02_the_patient_is_read_first_and_by_its_encoded_id() {
        String id = "e|b+c=d";
        source = SourceSimulator.builder()
                .software(EPIC)
                .resource("{\"resourceType\":\"Patient\",\"id\":\"%s\"}".formatted(id))
                .resource(record("Condition", "c1", id))
                .start();

        statusIs(pullAs(source, id, "epic"), "completed");

        List<SourceRequest> asked = source.requests();
        assertThat(asked.get(0).isMetadata()).isTrue();
        assertThat(asked.get(1).path()).endsWith("/Patient/e%7Cb%2Bc%3Dd");
        assertThat(asked.subList(2, asked.size())).allMatch(SourceRequest::isSearch);
        assertThat(stored("Condition")).hasSize(1);
    }

    @Test
    void line_03_epic_is_asked_one_query_per_category_and_a_refused_one_costs_only_itself() {
        source = smallSource(EPIC);
        source.fail(query("category=procedure")).with(Fault.status(403));
        source.fail(query("category=imaging")).with(Fault.status(400));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        Map<String, JsonNode> categories = new LinkedHashMap<>();
        tasks(pull, "Observation").forEach(task -> {
            Matcher category = Pattern.compile("category=([^&]+)")
                    .matcher(task.path("query").asText());
            assertThat(category.find()).as(task.toString()).isTrue();
            categories.put(category.group(1), task);
        });
        assertThat(categories.keySet())
                .contains(
                        "laboratory",
                        "vital-signs",
                        "social-history",
                        "imaging",
                        "procedure",
                        "survey",
                        "exam",
                        "therapy",
                        "activity",
                        "sdoh");
        statusIs(categories.remove("procedure"), "refused");
        statusIs(categories.remove("imaging"), "failed");
        assertThat(categories.values()).allSatisfy(task -> statusIs(task, "done"));
        assertThat(stored("Observation")).hasSize(3);
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_03_a_category_that_epic_does_not_have_is_unsupported_and_costs_nothing() {
        source = smallSource(EPIC);
        source.fail(query("category=therapy")).with(Fault.answer(400, "application/fhir+json", """
                {"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"value",
                 "details":{"coding":[{"code":"4115","display":"Required search parameter has an invalid value"}]}}]}"""));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(tasks(pull, "Observation"))
                .filteredOn(task -> task.path("query").asText().contains("category=therapy"))
                .singleElement()
                .satisfies(task -> statusIs(task, "unsupported"));
        assertThat(stored()).hasSize(16);

        source.remove("Observation", "observation1");
        assertThat(pullAgain(pull).at("/resources/deleted").asInt()).isEqualTo(1);
    }

    @Test
    void line_03_cerner_is_asked_for_care_plans_by_category_and_for_encounters_by_the_patient_alone() {
        source = smallSource(CERNER);
        source.put(record("CarePlan", "plan", PATIENT));

        statusIs(pull(source, PATIENT), "completed");

        assertThat(queries("CarePlan")).allMatch(query -> query.startsWith("patient=p1&category=assess-plan"));
        assertThat(queries("Encounter")).allMatch(query -> !query.contains("_count") && !query.contains("category"));
        assertThat(stored()).hasSize(17);
    }

    @Test
    void line_03a_strict_handling_is_asked_for_and_a_category_that_answers_with_everybody_lands_nothing() {
        source = smallSource(EPIC);
        source.fail(query("category=survey")).with(Fault.everybodysRecords());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        assertThat(tasks(pull, "Observation"))
                .filteredOn(task -> task.path("query").asText().contains("category=survey"))
                .singleElement()
                .satisfies(task -> failedWith(task, "other_patient"));
        assertThat(stored()).hasSize(16).noneMatch(key -> key.contains("other"));
        assertThat(source.requests())
                .allMatch(request -> request.header("Prefer").orElse("").equals("handling=strict"));
    }

    @Test
    void line_04_what_several_queries_return_lands_once() {
        source = smallSource(EPIC);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        List<JsonNode> observations = tasks(pull, "Observation");
        assertThat(observations).hasSizeGreaterThanOrEqualTo(10);
        assertThat(observations).allMatch(task -> task.at("/resources/seen").asInt() == 3);
        assertThat(observations.stream()
                        .mapToInt(task -> task.at("/resources/new").asInt())
                        .sum())
                .isEqualTo(3);
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void line_08_each_vendor_is_sent_the_headers_it_wants() {
        source = smallSource(EPIC);
        statusIs(pull(source, PATIENT), "completed");

        assertThat(accepts(SourceRequest::isSearch)).containsExactly("application/json+fhir");
        assertThat(accepts(SourceRequest::isRead)).containsExactly("application/json+fhir");
        source.close();

        source = smallSource(HAPI);
        statusIs(pull(source, PATIENT), "completed");
        assertThat(accepts(request -> true)).containsExactly("application/fhir+json");
    }

    @Test
    void a_source_is_shown_with_its_vendor_and_bears_what_that_vendor_bears() {
        source = smallSource(EPIC);

        JsonNode pull = pull(source, PATIENT);

        JsonNode shown = caravan.get(
                        caravan.path("/sources/" + pull.path("source_id").asText()))
                .ok();
        assertThat(shown.path("profile").asText()).isEqualTo("auto");
        assertThat(shown.path("detected_profile").asText()).isEqualTo("epic");
        assertThat(database.sql(
                                "SELECT concat_ws(' ', concurrency, request_every, request_burst) FROM source WHERE id = ?")
                        .param(shown.path("id").asText())
                        .query(String.class)
                        .single())
                .isEqualTo("4 00:00:00.1 20");
    }

    @Test
    void a_source_whose_profile_is_no_longer_there_is_not_asked_by_another_one() {
        source = smallSource();
        JsonNode first = pull(source, PATIENT);
        database.sql("UPDATE source SET profile = 'gone' WHERE id = ?")
                .param(first.path("source_id").asText())
                .update();
        source.forgetRequests();

        JsonNode second = pullAgain(first);

        statusIs(second, "failed");
        failedWith(second, "profile_unknown");
        assertThat(second.at("/error/message").asText()).contains("gone", "cerner, default, epic");
        assertThat(source.requests()).isEmpty();
    }

    @Test
    void a_given_profile_is_used_whatever_the_source_says_of_itself() {
        source = smallSource("Something else");

        JsonNode pull = pullAs(source, PATIENT, "epic");

        statusIs(pull, "completed");
        assertThat(queries("Observation")).allMatch(query -> query.contains("category="));
        assertThat(caravan.get(caravan.path("/sources/" + pull.path("source_id").asText()))
                        .ok()
                        .path("detected_profile")
                        .isNull())
                .isTrue();
    }
}
