package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that ask to wait, break, or are slow (sources.md 16, 17, 19): what was asked of them, and when. */
class PatienceIT extends FaultScenario {

    private SourceSimulator source;

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    // --- 17: asking to wait

    @Test
    void line_17_nothing_is_asked_within_the_seconds_that_one_query_was_told_to_wait() {
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.retryAfter(429, "2"))
                .times(1);

        statusIs(pull(source, PATIENT), "completed");

        nothingIsAskedFor(Duration.ofSeconds(2));
        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_17_nor_before_the_date_that_it_was_told() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(4).truncatedTo(ChronoUnit.SECONDS));
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.retryAfter(503, date))
                .times(1);

        statusIs(pull(source, PATIENT), "completed");

        nothingIsAskedFor(Duration.ofSeconds(2));
    }

    @Test
    void line_17_a_wait_asked_of_the_first_question_already_holds_for_every_patient_of_the_source() {
        source.fail(SourceRequest::isMetadata).with(Fault.retryAfter(2)).times(1);
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> pulls = List.of("p1", "p2").stream()
                .map(patient -> caravan.connect(registered, patient, null)
                        .ok()
                        .at("/latest_pull/id")
                        .asText())
                .toList();

        pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));

        nothingIsAskedFor(Duration.ofSeconds(2));
    }

    @Test
    void line_17_a_walk_under_way_stops_before_its_next_page_and_goes_on_there_without_losing_a_try() {
        for (int i = 0; i < 1_000; i++) {
            source.put(record("Observation", "many-" + i, PATIENT));
        }
        // The page that waits here is on the wire when another query is told to wait.
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.latency(Duration.ofMillis(400)))
                .times(1);
        source.fail(request -> request.isSearch("Condition"))
                .with(Fault.retryAfter(2))
                .times(1);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        nothingIsAskedFor(Duration.ofSeconds(2));
        assertThat(stored("Observation")).hasSize(1_003);
        assertThat(task(pull, "Observation").path("pages").asInt()).isEqualTo(6);
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5400", "86400", "999999999"})
    void line_17_a_wait_of_hours_is_capped_and_shown_as_waiting_until(String seconds) {
        source.fail(request -> request.isSearch("Observation")).with(Fault.retryAfter(429, seconds));
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        String pull = caravan.connect(registered, PATIENT, null)
                .ok()
                .at("/latest_pull/id")
                .asText();

        JsonNode waiting = Awaitility.await("the pull waits")
                .atMost(Duration.ofSeconds(30))
                .until(() -> caravan.pull(pull), p -> p.path("waiting_until").isTextual());

        statusIs(waiting, "running");
        inAnHour(waiting.path("waiting_until"));
        JsonNode held = caravan.get(caravan.path("/sources/" + registered)).ok();
        inAnHour(held.path("hold_until"));
        assertThat(held.path("hold_reason").asText()).contains("429", seconds);
        readable(held.path("hold_reason").asText());
        JsonNode task = task(waiting, "Observation");
        statusIs(task, "pending");
        inAnHour(task.path("due_at"));
        failedWith(task, "source_throttled");
        int asked = source.count(request -> true);

        caravan.post(caravan.path("/pulls/" + pull + "/cancel"), java.util.Map.of())
                .ok();

        JsonNode cancelled = caravan.awaitPull(pull);
        assertThat(cancelled.path("waiting_until").isNull()).isTrue();
        assertThat(source.count(request -> true)).isEqualTo(asked);
    }

    @Test
    void line_17_too_many_requests_without_a_time_makes_the_source_wait_and_the_wait_grow() {
        source.fail(request -> request.isRead("Patient"))
                .with(Fault.status(429))
                .times(2);

        statusIs(pull(source, PATIENT), "completed");

        List<SourceRequest> asked = source.requests(request -> request.isRead("Patient", PATIENT));
        assertThat(asked).hasSize(3);
        assertThat(between(asked.get(0), asked.get(1))).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(between(asked.get(1), asked.get(2))).isGreaterThanOrEqualTo(Duration.ofMillis(400));
    }

    @Test
    void line_17_a_source_that_always_asks_to_wait_is_given_up_in_the_end_and_says_so() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.retryAfter(1));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        failedWith(task(pull, "Observation"), "source_throttled");
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
        assertThat(stored("Condition")).hasSize(3);
    }

    @Test
    void line_17_how_often_and_how_long_is_the_profiles_to_say() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.retryAfter(429, "3600"));

        JsonNode pull = pullAs("impatient");

        statusIs(pull, "partial");
        List<SourceRequest> asked = source.requests(request -> request.isSearch("Observation"));
        assertThat(asked).hasSize(2);
        assertThat(between(asked.get(0), asked.get(1))).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
    }

    // --- 16: what a status means

    @ParameterizedTest
    @CsvSource({
        "400, failed, source_refused",
        "403, refused, source_refused",
        "404, unsupported, source_unsupported",
        "410, unsupported, source_unsupported",
        "422, failed, source_refused",
    })
    void line_16_what_cannot_help_is_not_tried_again(int status, String outcome, String code) {
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(status));

        JsonNode task = task(pull(source, PATIENT), "Observation");

        statusIs(task, outcome);
        failedWith(task, code);
        assertThat(source.requests(request -> request.isSearch("Observation")))
                .extracting(SourceRequest::rawQuery)
                .isNotEmpty()
                .doesNotHaveDuplicates();
        assertThat(stored("Condition")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void line_16_what_may_pass_is_tried_again_and_not_for_ever(int status) {
        source.fail(request -> request.isSearch("Condition"))
                .with(Fault.status(status))
                .times(2);
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(status));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Condition"), "done");
        statusIs(task(pull, "Observation"), "failed");
        assertThat(source.count(request -> request.isSearch("Condition"))).isEqualTo(3);
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
    }

    @Test
    void line_16_a_task_says_when_it_is_tried_next() {
        source.fail(request -> request.isRead("Patient")).with(Fault.retryAfter(503, "3"));
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        String pull = caravan.connect(registered, PATIENT, null)
                .ok()
                .at("/latest_pull/id")
                .asText();

        JsonNode task = Awaitility.await("the patient waits")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> task(caravan.pull(pull), "Patient"),
                        t -> t.path("attempts").asInt() == 1
                                && t.path("status").asText().equals("pending"));

        assertThat(Instant.parse(task.path("due_at").asText())).isAfter(Instant.now());
        source.clearFaults();
        statusIs(caravan.awaitPull(pull), "completed");
    }

    // --- 19: slow

    @Test
    void line_19_a_page_that_takes_longer_than_a_lease_is_waited_for_and_asked_for_once() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.latency(Duration.ofSeconds(20)));

        statusIs(pull(source, PATIENT), "completed");

        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(1);
        assertThat(stored()).hasSize(16);
    }

    private JsonNode pullAs(String profile) {
        String registered = caravan.newSource("General", source.baseUrl(), profile)
                .path("id")
                .asText();
        return caravan.awaitPull(caravan.connect(registered, PATIENT, null)
                .ok()
                .at("/latest_pull/id")
                .asText());
    }

    /** From the answer that asked to wait until this is over, but for what was on the wire by then. */
    private void nothingIsAskedFor(Duration wait) {
        SourceRequest told = source.requests(request -> request.status() == 429 || request.status() == 503)
                .get(0);
        assertThat(source.requests(request -> request.at().isAfter(told.at().plusMillis(100))
                        && request.at().isBefore(told.at().plus(wait))))
                .as("asked after %s", told.at())
                .isEmpty();
        assertThat(source.requests(request -> request.at().isAfter(told.at().plus(wait))))
                .isNotEmpty();
    }

    private static Duration between(SourceRequest one, SourceRequest other) {
        return Duration.between(one.at(), other.at());
    }

    /** The longest wait, and a fifth of it. */
    private static void inAnHour(JsonNode time) {
        assertThat(Instant.parse(time.asText()))
                .isBetween(Instant.now().plusSeconds(55 * 60), Instant.now().plusSeconds(75 * 60));
    }
}
