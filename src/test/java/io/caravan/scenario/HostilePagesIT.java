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

/** Pages that are cut, lead astray, or hold what cannot land: nothing of them is half kept, and no token leaves. */
class HostilePagesIT extends FaultScenario {

    private static final String FHIR = "application/fhir+json";

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
    void pretty_pages_are_read_like_others() {
        source.prettyPages(true);

        statusIs(pull(source, PATIENT), "completed");

        assertThat(stored()).hasSize(16);
    }

    @Test
    void a_body_that_breaks_off_is_asked_for_again() {
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.truncatedBody())
                .times(1);

        statusIs(pull(source, PATIENT), "completed");

        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(2);
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void a_connection_that_is_closed_without_an_answer_is_opened_again() {
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.resetConnection())
                .times(2);

        statusIs(pull(source, PATIENT), "completed");

        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void a_source_that_never_answers_whole_fails_that_type_and_says_that_it_cannot_be_reached() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.truncatedBody());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "source_unreachable");
        assertThat(stored("Observation")).isEmpty();
    }

    @Test
    void a_next_link_to_the_same_page_ends_the_type_and_does_not_spin() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.loopingNext());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "failed");
        failedWith(task(pull, "Observation"), "next_loops");
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(1);
    }

    @Test
    void next_links_that_lead_back_over_another_page_end_the_type_too() {
        String search = source.baseUrl() + "/Observation?";
        source.fail(request ->
                        request.isSearch("Observation") && request.rawQuery().startsWith("patient"))
                .with(Fault.foreignNext(search + "page=b"));
        source.fail(request -> request.rawQuery().equals("page=b"))
                .with(Fault.answer(200, FHIR, page(search + "page=c", record("Observation", "b", PATIENT))));
        source.fail(request -> request.rawQuery().equals("page=c"))
                .with(Fault.answer(200, FHIR, page(search + "page=b", record("Observation", "c", PATIENT))));

        JsonNode pull = pull(source, PATIENT);

        failedWith(task(pull, "Observation"), "next_loops");
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
    }

    @Test
    void a_next_link_to_another_server_is_not_followed_and_no_token_leaves() {
        try (SourceSimulator foreign = smallSource()) {
            source.requireToken("token-of-the-first");
            source.fail(request -> request.isSearch("Observation"))
                    .with(Fault.foreignNext(foreign.baseUrl() + "/Observation?patient=p1"));

            JsonNode pull = pull(source, PATIENT, "token-of-the-first");

            statusIs(pull, "partial");
            failedWith(task(pull, "Observation"), "next_refused");
            assertThat(task(pull, "Observation").at("/error/message").asText()).contains("another server");
            assertThat(foreign.requests()).isEmpty();
        }
    }

    @Test
    void a_redirect_that_does_not_say_where_ends_the_task() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(307));

        failedWith(task(pull(source, PATIENT), "Observation"), "redirect_refused");
    }

    @Test
    void resources_of_which_the_source_left_something_out_do_not_land() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.subsetted());

        JsonNode pull = pull(source, PATIENT);

        assertThat(stored("Observation")).isEmpty();
        assertThat(stored("Condition")).hasSize(3);
        assertThat(warnings(pull, "Observation")).anyMatch(warning -> warning.contains("SUBSETTED"));
    }

    @Test
    void an_outcome_between_the_resources_becomes_a_warning_and_no_record() {
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.outcomeEntry("4119", "Some results are withheld"));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).hasSize(3);
        assertThat(stored("OperationOutcome")).isEmpty();
        assertThat(warnings(pull, "Observation"))
                .anyMatch(warning -> warning.contains("4119") && warning.contains("withheld"));
    }

    @Test
    void resources_that_have_no_place_are_skipped_with_a_warning_and_the_others_land() {
        String body = page(
                null,
                "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/p1\"}}",
                record("Observation", "..", PATIENT),
                record("Observation", "a/b", PATIENT),
                record("Nonsense", "n1", PATIENT),
                record("../../etc", "n2", PATIENT),
                "{\"id\":\"n3\"}",
                record("Observation", "good", PATIENT));
        source.fail(request -> request.isSearch("Observation")).with(Fault.answer(200, FHIR, body));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).containsExactly("Observation/good");
        assertThat(stored()).hasSize(14);
        List<String> warnings = warnings(pull, "Observation");
        assertThat(warnings).hasSize(6);
        assertThat(warnings).noneMatch(warning -> warning.contains("Nonsense") || warning.contains("etc"));
    }

    @Test
    void a_page_that_is_broken_in_its_middle_lands_nothing_of_it() {
        String body = page(null, record("Observation", "first", PATIENT), "{\"resourceType\":oops");
        source.fail(request -> request.isSearch("Observation")).with(Fault.answer(200, FHIR, body));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "source_not_fhir");
        assertThat(stored("Observation")).isEmpty();
        assertThat(task(pull, "Observation").at("/resources/seen").asInt()).isZero();
    }

    @Test
    void paging_that_expires_is_walked_from_page_one_once_and_a_second_time_is_no_whole_walk() {
        for (int i = 0; i < 300; i++) {
            source.put(record("Observation", "many-" + i, PATIENT));
        }
        var expired = source.fail(SourceRequest::isNextPage).with(Fault.status(410));
        expired.times(1);
        JsonNode pull = pull(source, PATIENT);
        statusIs(pull, "completed");
        assertThat(stored("Observation")).hasSize(303);

        source.fail(SourceRequest::isNextPage).with(Fault.status(410));
        JsonNode again =
                caravan.awaitPull(caravan.pullNow(pull.path("connection_id").asText()));
        statusIs(again, "partial");
        failedWith(task(again, "Observation"), "paging_expired");
    }

    @Test
    void a_walk_that_fails_at_its_third_page_keeps_two_and_counts_them_and_the_next_pull_takes_the_rest() {
        for (int i = 0; i < 1_000; i++) {
            source.put(record("Observation", "many-" + i, PATIENT));
        }
        var broken =
                source.fail(SourceRequest::isNextPage).with(Fault.status(500)).skip(1);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        JsonNode task = task(pull, "Observation");
        statusIs(task, "failed");
        assertThat(task.path("pages").asInt()).isEqualTo(2);
        assertThat(task.at("/resources/new").asInt())
                .isEqualTo(stored("Observation").size())
                .isEqualTo(400);

        broken.clear();
        JsonNode next =
                caravan.awaitPull(caravan.pullNow(pull.path("connection_id").asText()));

        statusIs(next, "completed");
        assertThat(next.at("/resources/new").asInt()).isEqualTo(603);
        assertThat(stored("Observation")).hasSize(1_003);
    }

    /** What the source said about a type, which the pull repeats. */
    private List<String> warnings(JsonNode pull, String type) {
        List<String> warnings = texts(task(pull, type).path("warnings"));
        assertThat(texts(pull.path("warnings")))
                .containsAll(
                        warnings.stream().map(warning -> type + ": " + warning).toList());
        return warnings;
    }

    private static String page(String next, String... resources) {
        String link = next == null ? "" : "\"link\":[{\"relation\":\"next\",\"url\":\"" + next + "\"}],";
        String entries = String.join("},{\"resource\":", resources);
        return "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"," + link + "\"entry\":[{\"resource\":" + entries
                + "}]}";
    }
}
