package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What vendors' answers mean: refusals of what a query says besides the patient, pages, and the codes of their outcomes. */
class VendorAnswersIT extends VendorCase {

    @Test
    void line_06_provenance_comes_with_what_it_is_about() {
        source = smallSource();
        source.fail(query("_revinclude=Provenance:target").and(of("Observation")))
                .with(Fault.answer(
                        200, "application/fhir+json", """
                        {"resourceType":"Bundle","type":"searchset","entry":[
                         {"resource":%s,"search":{"mode":"match"}},
                         {"resource":{"resourceType":"Provenance","id":"pv","target":[{"reference":"Observation/observation1"}]},
                          "search":{"mode":"include"}},
                         {"resource":{"resourceType":"Device","id":"unasked"},"search":{"mode":"include"}}]}""".formatted(record("Observation", "observation1", PATIENT))));

        statusIs(pull(source, PATIENT), "completed");

        assertThat(stored())
                .contains("Provenance/pv", "Observation/observation1")
                .doesNotContain("Device/unasked");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 501})
    void line_06_a_search_that_is_refused_with_provenance_is_repeated_without(int status) {
        source = smallSource();
        source.fail(query("_revinclude")).with(Fault.status(status));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(task(pull, "Observation").path("query").asText()).doesNotContain("_revinclude");
        assertThat(queries("Observation"))
                .containsExactly("patient=p1&_count=200&_revinclude=Provenance:target", "patient=p1&_count=200");
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_06_a_search_that_is_refused_either_way_is_refused() {
        source = smallSource();
        source.fail(of("Observation")).with(Fault.status(403));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "refused");
        assertThat(queries("Observation")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {EPIC, CERNER, HAPI})
    void line_09_pages_are_followed_to_the_end_whatever_their_size(String vendor) {
        source = smallSource(vendor);
        for (int i = 0; i < 450; i++) {
            source.put(record("Procedure", "more" + i, PATIENT));
        }

        statusIs(pull(source, PATIENT), "completed");

        int pageSize = vendor.equals(EPIC) ? 100 : 200;
        assertThat(queries("Procedure").get(0)).contains("_count=" + pageSize);
        assertThat(stored("Procedure")).hasSize(453);
    }

    @Test
    void line_12_paging_that_expires_inside_a_page_begins_again_once() {
        source = manyPages(EPIC);
        source.fail(SourceRequest::isNextPage)
                .with(Fault.outcomeEntry("4113", "paging expired"))
                .times(1);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Procedure")).hasSize(253);
        assertThat(queries("Procedure").stream().filter(query -> query.startsWith("patient=")))
                .hasSize(2);
    }

    @Test
    void line_12_paging_that_expires_in_a_refusal_begins_again_once_and_then_fails() {
        source = manyPages(EPIC);
        source.fail(SourceRequest::isNextPage).with(Fault.answer(400, "application/fhir+json", """
                {"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"processing",
                 "details":{"coding":[{"code":"4113"}]}}]}"""));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        failedWith(task(pull, "Procedure"), "paging_expired");
        assertThat(queries("Procedure").stream().filter(query -> query.startsWith("patient=")))
                .hasSize(2);
        assertThat(source.count(SourceRequest::isNextPage)).isEqualTo(2);
    }

    @Test
    void line_15_that_there_is_nothing_is_no_warning_and_that_there_may_be_more_is_one() {
        source = smallSource(EPIC);
        source.fail(of("Procedure")).with(Fault.outcomeEntry("4101", "No results"));
        source.fail(of("Condition")).with(Fault.outcomeEntry("4119", "This response may be incomplete"));
        source.fail(of("Encounter")).with(Fault.outcomeEntry("59999", "Something else"));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(task(pull, "Procedure").path("warnings")).isEmpty();
        assertThat(texts(task(pull, "Condition").path("warnings")))
                .singleElement()
                .asString()
                .contains("may be incomplete");
        assertThat(warningCodes(pull, "Condition")).containsExactly("incomplete");
        assertThat(warningCodes(pull, "Encounter")).containsExactly("59999");
        assertThat(texts(pull.path("warnings"))).anyMatch(warning -> warning.contains("record may be incomplete"));
        assertThat(stored("OperationOutcome")).isEmpty();
        assertThat(stored()).hasSize(16);
    }
}
