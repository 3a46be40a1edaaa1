package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sources that refuse, break, or answer what was not asked: a pull says which query, and why, and keeps the rest. */
class HostileSourceIT extends FaultScenario {

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
    void a_source_that_answers_all_in_html_fails_the_pull_and_nothing_is_asked_beyond_the_patient() {
        source.fail(request -> true).with(Fault.html());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "failed");
        failedWith(pull, "patient_unreadable");
        assertThat(source.count(request -> !request.isMetadata())).isEqualTo(1);
        assertThat(stored()).isEmpty();
    }

    @Test
    void metadata_in_html_is_none_and_the_usual_types_are_asked_for() {
        source.fail(SourceRequest::isMetadata).with(Fault.html());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(texts(pull.path("warnings"))).anyMatch(warning -> warning.contains("CapabilityStatement"));
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void a_source_without_metadata_is_asked_for_the_usual_types_and_the_pull_says_so() {
        source.fail(SourceRequest::isMetadata).with(Fault.capabilityMissing());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(texts(pull.path("warnings"))).anyMatch(warning -> warning.contains("CapabilityStatement"));
        statusIs(task(pull, "AllergyIntolerance"), "unsupported");
        statusIs(task(pull, "Observation"), "done");
        assertThat(stored("Observation")).hasSize(3);
    }

    @Test
    void a_type_in_html_fails_alone_and_the_rest_is_delivered() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.html());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "failed");
        failedWith(task(pull, "Observation"), "source_not_fhir");
        theRestIsDelivered("html");
    }

    @Test
    void a_type_that_the_grant_does_not_allow_is_refused_and_the_rest_is_delivered() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(403));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "refused");
        failedWith(task(pull, "Observation"), "source_refused");
        assertThat(task(pull, "Observation").at("/error/message").asText()).contains("403", "grant");
        assertThat(pull.at("/tasks/refused").asInt()).isEqualTo(1);
        theRestIsDelivered("refused");
    }

    @Test
    void everybodys_records_for_one_patient_land_nowhere() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.everybodysRecords());

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "failed");
        failedWith(task(pull, "Observation"), "other_patient");
        theRestIsDelivered("everybody");
    }

    @Test
    void somebody_elses_patient_resource_is_not_the_patient() {
        source.fail(request -> request.isRead("Patient", PATIENT))
                .with(Fault.answer(200, "application/fhir+json", source.json("Patient", "p2")));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "failed");
        failedWith(pull, "patient_unreadable");
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_patient_that_is_not_there_fails_the_pull_and_no_search_is_tried() {
        JsonNode pull = pull(source, "nobody");

        statusIs(pull, "failed");
        failedWith(pull, "patient_unreadable");
        failedWith(task(pull, "Observation"), "patient_unreadable");
        assertThat(task(pull, "Observation").at("/error/message").asText()).contains("Not tried");
        assertThat(source.count(SourceRequest::isSearch)).isZero();
    }

    @Test
    void a_grant_that_allows_no_type_at_all_fails_the_pull() {
        source.fail(SourceRequest::isSearch).with(Fault.status(403));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "failed");
        failedWith(pull, "no_readable_type");
        assertThat(pull.at("/tasks/refused").asInt()).isEqualTo(5);
    }

    @Test
    void a_wrong_token_fails_the_pull_until_the_patient_has_reconnected() {
        source.requireToken("right-token");
        JsonNode pull = pull(source, PATIENT, "wrong-token");

        statusIs(pull, "failed");
        failedWith(pull, "reconnect_needed");
        assertThat(pull.at("/error/message").asText()).contains("no longer accepts the token", "reconnect");
        assertThat(source.count(SourceRequest::isRead)).isEqualTo(1);

        String connection = pull.path("connection_id").asText();
        statusIs(caravan.get(caravan.path("/connections/" + connection)).ok(), "refresh_failed");
        CaravanDriver.Answer patched = caravan.patch(
                caravan.path("/connections/" + connection),
                Map.of("credentials", Map.of("access_token", "right-token")));
        JsonNode next = caravan.awaitPull(patched.ok().at("/latest_pull/id").asText());

        statusIs(next, "completed");
        assertThat(next.path("id").asText()).isNotEqualTo(pull.path("id").asText());
        assertThat(stored()).hasSize(16);
    }

    @Test
    void a_source_that_asks_to_wait_is_left_alone_until_then() {
        source.fail(request -> request.isRead("Patient"))
                .with(Fault.retryAfter(1))
                .times(1);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        List<SourceRequest> asked = source.requests(request -> !request.isMetadata());
        assertThat(asked.get(0).status()).isEqualTo(429);
        assertThat(Duration.between(asked.get(0).at(), asked.get(1).at()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void one_type_that_asks_to_wait_makes_the_whole_source_wait() {
        for (String type : List.of("AllergyIntolerance", "CarePlan", "Goal")) {
            source.put(record(type, "more", PATIENT));
        }
        AtomicReference<String> first = new AtomicReference<>();
        Predicate<SourceRequest> ofTheFirst =
                request -> request.type().equals(first.updateAndGet(type -> type == null ? request.type() : type));
        source.fail(request -> request.isSearch() && ofTheFirst.test(request))
                .with(Fault.retryAfter(1))
                .times(1);
        source.fail(request -> request.isSearch() && !ofTheFirst.test(request))
                .with(Fault.latency(Duration.ofMillis(500)));

        statusIs(pull(source, PATIENT), "completed");

        SourceRequest throttled =
                source.requests(request -> request.status() == 429).get(0);
        // Four of a source at a time: what was on its way by then goes on, nothing else begins.
        SourceRequest next = source.requests(
                        request -> request.at().isAfter(throttled.at().plusMillis(250)))
                .get(0);
        assertThat(Duration.between(throttled.at(), next.at())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(stored()).hasSize(19);
    }

    @Test
    void a_source_that_fails_twice_is_asked_a_third_time() {
        source.fail(request -> request.isSearch("Observation"))
                .with(Fault.status(500))
                .times(2);

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
        assertThat(stored()).hasSize(16);
    }

    @Test
    void a_type_that_always_fails_is_given_up_and_the_rest_is_delivered() {
        source.fail(request -> request.isSearch("Observation")).with(Fault.status(500));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "partial");
        statusIs(task(pull, "Observation"), "failed");
        failedWith(task(pull, "Observation"), "source_error");
        assertThat(source.count(request -> request.isSearch("Observation"))).isEqualTo(3);
        theRestIsDelivered("broken");
    }

    /** Everything of the patient but the observations is in the store and in the bucket, and nothing of anybody else. */
    private void theRestIsDelivered(String prefix) {
        assertThat(stored()).hasSize(13).noneMatch(key -> key.contains("Observation") || key.contains("other"));
        String destination = newDestination(s3, "lake", prefix);
        JsonNode run = caravan.awaitRuns(destination, 1).get(0);
        statusIs(run, "succeeded");
        assertThat(delivered(s3, "lake", prefix, run.path("id").asText())).isEqualTo(stored());
    }
}
