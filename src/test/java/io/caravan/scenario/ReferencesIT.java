package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What records refer to and no search returns is read, each id once, in bounded rounds (sources.md, line 5). */
class ReferencesIT extends FaultScenario {

    private SourceSimulator source;

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    @Test
    void line_5_references_are_followed_round_by_round_each_id_once() {
        source.put(observation("o1", "\"performer\":[{\"reference\":\"PractitionerRole/r\"}]"));
        source.put(observation("o2", "\"performer\":[{\"reference\":\"PractitionerRole/r\"}]"));
        source.put("{\"resourceType\":\"PractitionerRole\",\"id\":\"r\",\"practitioner\":{\"reference\":"
                + "\"Practitioner/d\"},\"organization\":{\"reference\":\"Organization/h\"}}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"d\",\"qualification\":[{\"issuer\":{\"reference\":"
                + "\"Organization/h\"}}]}");
        source.put(organization("h", "top"));
        source.put(organization("top", "h"));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(pull.path("warnings")).isEmpty();
        assertThat(stored())
                .contains("PractitionerRole/r", "Practitioner/d", "Organization/h", "Organization/top")
                .hasSize(22);
        assertThat(patientOf("Practitioner/d")).as("no patient owns it").isNull();
        everythingOnce();
    }

    @Test
    void line_5_what_lies_more_than_ten_references_away_is_said_and_not_read() {
        source.put(observation("o1", "\"performer\":[{\"reference\":\"Organization/n1\"}]"));
        for (int i = 1; i <= 12; i++) {
            source.put(organization("n" + i, "n" + (i + 1)));
        }

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Organization")).hasSize(10).contains("Organization/n10");
        assertThat(source.requests(r -> r.isRead("Organization", "n11"))).isEmpty();
        assertThat(texts(pull.path("warnings")))
                .containsExactly(
                        "references: 1 resources that others refer to lie more than 10 references away (caravan.pull.reference-rounds).");
    }

    @Test
    void line_5_results_that_no_search_shows_are_read_and_those_that_one_shows_are_not() {
        source.put("{\"resourceType\":\"DiagnosticReport\",\"id\":\"d\",\"subject\":{\"reference\":\"Patient/p1\"},"
                + "\"result\":[{\"reference\":\"Observation/panel\"},{\"reference\":\"Observation/observation1\"}]}");
        source.put(observation("panel", "\"hasMember\":[{\"reference\":\"Observation/member\"}]"));
        source.put(observation("member", "\"performer\":[{\"reference\":\"Practitioner/d\"}]"));
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"d\"}");
        hideFromSearch();

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).contains("Observation/panel", "Observation/member");
        assertThat(stored("Practitioner")).hasSize(1);
        assertThat(patientOf("Observation/member")).isEqualTo(PATIENT);
        assertThat(source.requests(r -> r.isRead("Observation", "observation1")))
                .isEmpty();
        everythingOnce();

        source.forgetRequests();
        JsonNode again = pullAgain(pull);

        assertThat(again.at("/resources/new").asInt()
                        + again.at("/resources/changed").asInt())
                .isZero();
        everythingOnce();
    }

    @Test
    void a_referred_record_of_somebody_else_never_lands_and_costs_the_task_nothing() {
        source.put(
                "{\"resourceType\":\"DiagnosticReport\",\"id\":\"d\",\"subject\":{\"reference\":\"Patient/p1\"},"
                        + "\"result\":[{\"reference\":\"Observation/other-Observation\"},{\"reference\":\"Observation/mine\"}]}");
        source.put(observation("mine", "\"note\":[]"));
        hideFromSearch();

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).contains("Observation/mine").doesNotContain("Observation/other-Observation");
        assertThat(texts(pull.path("warnings")))
                .containsExactly(
                        "references: 1 resources that others refer to are another patient's: they were not kept.");
    }

    @Test
    void line_16_what_is_refused_and_what_is_not_found_are_told_apart() {
        source.put(observation(
                "o1",
                "\"performer\":[{\"reference\":\"Practitioner/a\"},{\"reference\":\"Practitioner/b\"},"
                        + "{\"reference\":\"Practitioner/c\"},{\"reference\":\"Practitioner/gone\"}]"));
        for (String id : List.of("a", "b", "c")) {
            source.put("{\"resourceType\":\"Practitioner\",\"id\":\"%s\"}".formatted(id));
        }
        source.fail(r -> r.isRead("Practitioner", "a")).with(Fault.status(403));
        source.fail(r -> r.isRead("Practitioner", "b")).with(Fault.html());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Practitioner")).containsExactly("Practitioner/c");
        assertThat(texts(pull.path("warnings")))
                .containsExactlyInAnyOrder(
                        "references: 1 resources that others refer to the source refuses to give (403).",
                        "references: 1 resources that others refer to the source does not have (404).",
                        "references: 1 resources that others refer to the source does not give as they are.");
        everythingOnce();
    }

    @Test
    void line_16_a_reference_that_the_source_always_fails_at_keeps_no_other_from_being_read() {
        source.put(observation(
                "o1", "\"performer\":[{\"reference\":\"Practitioner/a\"},{\"reference\":\"Practitioner/b\"}]"));
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"a\"}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"b\"}");
        source.fail(r -> r.isRead("Practitioner", "a")).with(Fault.status(500));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        JsonNode references = caravan.tasks(pull.path("id").asText()).stream()
                .filter(task -> task.path("kind").asText().equals("references"))
                .findFirst()
                .orElseThrow();
        failedWith(references, "source_error");
        assertThat(references.at("/error/message").asText()).contains("1 of the resources that others refer to");
        assertThat(stored("Practitioner")).containsExactly("Practitioner/b");
        assertThat(source.count(r -> r.isRead("Practitioner", "a"))).isEqualTo(3);
        assertThat(source.count(r -> r.isRead("Practitioner", "b"))).isEqualTo(1);
    }

    @Test
    void line_16_a_source_that_asks_to_wait_for_a_reference_gets_its_wait() {
        source.put(observation("o1", "\"performer\":[{\"reference\":\"Practitioner/a\"}]"));
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"a\"}");
        source.fail(r -> r.isRead("Practitioner", "a"))
                .with(Fault.retryAfter(1))
                .times(1);

        statusIs(pull(source, PATIENT), "completed");

        List<SourceRequest> asked = source.requests(r -> r.isRead("Practitioner", "a"));
        assertThat(asked).extracting(SourceRequest::status).containsExactly(429, 200);
        assertThat(asked.get(1).at()).isAfterOrEqualTo(asked.get(0).at().plusSeconds(1));
        assertThat(stored("Practitioner")).hasSize(1);
    }

    /** A panel and its parts are left out of searches for observations. */
    private void hideFromSearch() {
        String shown = source.json("Observation", "observation1");
        source.fail(r -> r.isSearch("Observation"))
                .with(Fault.answer(
                        200,
                        "application/fhir+json",
                        "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":%s}]}".formatted(shown)));
    }

    private JsonNode pullAgain(JsonNode pull) {
        return caravan.awaitPull(caravan.pullNow(pull.path("connection_id").asText()));
    }

    /** Every page and every resource was asked for once. */
    private void everythingOnce() {
        assertThat(source.requests())
                .extracting(r -> r.path() + "?" + r.rawQuery())
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    private String patientOf(String key) {
        return database.sql("SELECT patient_id FROM resource_record WHERE org_id = :org AND type || '/' || id = :key")
                .param("org", caravan.org())
                .param("key", key)
                .query((row, n) -> new String[] {row.getString(1)})
                .single()[0];
    }

    private static String observation(String id, String members) {
        return "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"},%s}"
                .formatted(id, members);
    }

    private static String organization(String id, String partOf) {
        return "{\"resourceType\":\"Organization\",\"id\":\"%s\",\"partOf\":{\"reference\":\"Organization/%s\"}}"
                .formatted(id, partOf);
    }
}
