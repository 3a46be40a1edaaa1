package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FaultyAnswers;
import io.caravan.testing.FaultyBodies;
import io.caravan.testing.FaultyPages;
import io.caravan.testing.SourceRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over pages (sources.md, lines 9, 13, 14 and 15): none ends early and looks complete. */
class PagesIT extends VendorCase {

    private static final String FHIR = "application/fhir+json";

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of("a total of nothing", FaultyPages.total(0)),
                Arguments.of("a total of thousands", FaultyPages.total(9_999)),
                Arguments.of("no total", FaultyPages.withoutTotal()),
                Arguments.of("all on one page", FaultyPages.wholeType()),
                Arguments.of("one a page", FaultyPages.pageSize(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sizes")
    void line_09_neither_a_total_nor_the_size_of_a_page_ends_a_walk(String name, Fault fault) {
        for (int i = 0; i < 250; i++) {
            source.put(record("Goal", "more" + i, PATIENT));
        }
        source.fail(of("Goal").or(of("Observation"))).with(fault);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Goal")).hasSize(250);
        assertThat(stored("Observation")).hasSize(3);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure("an error of the server", Fault.status(500), "source_error"),
                failure("a refusal", Fault.status(403), "source_refused"),
                failure("a query not understood", Fault.status(400), "source_refused"),
                failure("a page not found", Fault.status(404), "paging_expired"),
                failure("a success that is none", Fault.status(204), "source_not_fhir"),
                failure("no answer", Fault.resetConnection(), "source_unreachable"),
                failure("HTML", Fault.html(), "source_not_fhir"),
                failure("an empty body", Fault.answer(200, FHIR, ""), "source_not_fhir"),
                failure("half a page as if it were all", FaultyBodies.cutAfter(150), "source_not_fhir"),
                failure("a list", Fault.answer(200, FHIR, "[]"), "source_not_fhir"),
                failure(
                        "a single resource",
                        Fault.answer(200, FHIR, record("Observation", "single", PATIENT)),
                        "source_not_fhir"),
                failure("an outcome that says error", Fault.answer(200, FHIR, outcome("error")), "source_error"),
                failure("an outcome that only warns", Fault.answer(200, FHIR, outcome("warning")), "source_error"),
                failure(
                        "somebody else's record",
                        FaultyAnswers.entry(record("Observation", "other", "p2").getBytes(StandardCharsets.UTF_8)),
                        "other_patient"));
    }

    private static Arguments failure(String name, Fault fault, String code) {
        return Arguments.of(name, fault, code);
    }

    private static String outcome(String severity) {
        return """
                {"resourceType":"OperationOutcome","issue":[{"severity":"%s","code":"exception","diagnostics":"Sorry"}]}""".formatted(severity);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void line_13_a_page_that_fails_makes_its_task_failed_and_the_pull_partial(String name, Fault fault, String code) {
        source.fail(of("Observation")).with(FaultyPages.pageSize(1));
        FaultHandle failing =
                source.fail(of("Observation").and(SourceRequest::isNextPage)).with(fault);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        JsonNode task = task(pull, "Observation");
        statusIs(task, name.equals("a refusal") ? "refused" : "failed");
        failedWith(task, code);
        assertThat(failing.hits()).isPositive();
        assertThat(stored("Observation")).as("what came before is kept").hasSize(1);
        assertThat(stored()).as("and so is the rest").hasSize(14);
        assertThat(pull.at("/resources/deleted").asInt()).isZero();

        source.clearFaults();
        statusIs(pullAgain(pull), "completed");
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_13_a_next_link_without_an_address_is_no_end() {
        source.fail(of("Observation")).with(FaultyPages.nextWithoutUrl());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "next_without_url");
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void line_13_an_outcome_instead_of_a_first_page_fails_unless_it_says_that_there_is_nothing() {
        source.fail(of("Observation")).with(Fault.answer(200, FHIR, outcome("error")));
        source.fail(of("Condition")).with(Fault.answer(200, FHIR, outcome("information")));
        source.fail(of("Procedure")).with(Fault.answer(200, FHIR, """
                {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found",
                 "details":{"coding":[{"code":"4101"}]}}]}"""));

        JsonNode pull = pullAs(source, PATIENT, "epic");

        statusIs(pull, "partial");
        assertThat(tasks(pull, "Observation")).isNotEmpty().allSatisfy(task -> {
            failedWith(task, "source_error");
            assertThat(task.at("/error/message").asText()).contains("Sorry");
        });
        statusIs(task(pull, "Condition"), "done");
        assertThat(texts(task(pull, "Condition").path("warnings"))).hasSize(1);
        statusIs(task(pull, "Procedure"), "done");
        assertThat(task(pull, "Procedure").path("warnings")).isEmpty();
    }

    @Test
    void line_13_a_cap_on_pages_ends_the_query_that_exceeds_it_and_no_other() {
        source.put(record("Observation", "fourth", PATIENT));
        source.fail(SourceRequest::isSearch).with(FaultyPages.pageSize(1));

        JsonNode pull = pullAs(source, PATIENT, "three-pages");

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "too_many_pages");
        assertThat(stored("Observation")).as("what the pages held is kept").hasSize(3);
        for (String type : List.of("Condition", "Encounter", "Immunization", "Procedure")) {
            statusIs(task(pull, type), "done");
            assertThat(stored(type)).hasSize(3);
        }
    }

    @Test
    void line_14_what_moves_while_it_is_read_lands_once_and_what_was_skipped_by_the_next_pull() {
        for (int i = 0; i < 10; i++) {
            source.put(record("Goal", "goal" + i, PATIENT));
            source.put(record("Device", "device" + i, PATIENT));
        }
        source.fail(of("Goal")).with(FaultyPages.pageSize(3));
        source.fail(of("Goal")).with(FaultyPages.resultsMove(1));
        source.fail(of("Device")).with(FaultyPages.pageSize(3));
        source.fail(of("Device")).with(FaultyPages.resultsMove(-1));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(task(pull, "Goal").at("/resources/seen").asInt()).isGreaterThan(10);
        assertThat(task(pull, "Goal").at("/resources/new").asInt()).isEqualTo(10);
        assertThat(stored("Goal")).hasSize(10);
        assertThat(stored("Device")).hasSizeLessThan(10);

        source.clearFaults();
        JsonNode next = pullAgain(pull);

        assertThat(next.at("/resources/deleted").asInt()).isZero();
        assertThat(stored("Device")).hasSize(10);
    }

    @Test
    void line_15_without_search_mode_the_type_says_what_is_a_record() {
        source.fail(of("Observation")).with(FaultyAnswers.withoutSearchMode());
        source.fail(of("Observation")).with(FaultyAnswers.outcomeEntryWithoutMode("4119", "There may be more"));
        source.fail(of("Observation"))
                .with(FaultyAnswers.entry(
                        "{\"resourceType\":\"Device\",\"id\":\"unasked\"}".getBytes(StandardCharsets.UTF_8)));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).hasSize(3);
        assertThat(stored()).hasSize(16);
        assertThat(texts(task(pull, "Observation").path("warnings")))
                .singleElement()
                .asString()
                .contains("There may be more");
    }

    @Test
    void line_18_resources_without_id_are_skipped_and_counted_however_many_they_are() {
        source.fail(of("Observation"))
                .with(Fault.answer(
                        200,
                        FHIR,
                        "{\"resourceType\":\"Bundle\",\"entry\":[\"odd\""
                                + ",{\"resource\":{\"resourceType\":\"Observation\"}}".repeat(149)
                                + ",{\"resource\":%s}]}".formatted(record("Observation", "good", PATIENT))));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).containsExactly("Observation/good");
        assertThat(texts(task(pull, "Observation").path("warnings")))
                .hasSize(100)
                .startsWith("entry 1: it is not an object", "entry 2: Observation without id")
                .endsWith("and 51 more of this page");
    }
}
