package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A retry asks for what a pull was refused or failed at, and for nothing else. */
class RetriedPullIT extends FaultScenario {

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
    void only_what_was_refused_or_failed_is_asked_for_again_and_then_nothing_is_left_to_retry() {
        source.fail(r -> r.isSearch("Observation")).with(Fault.status(403));
        source.fail(r -> r.isSearch("Condition")).with(Fault.status(500));
        JsonNode pull = pull(source, PATIENT);
        statusIs(pull, "partial");
        assertThat(pull.path("retryable").asBoolean()).isTrue();
        assertThat(pull.path("retry_of").isNull()).isTrue();
        source.clearFaults();
        source.forgetRequests();

        JsonNode retried = caravan.awaitPull(retryPull(pull).ok().path("id").asText());

        statusIs(retried, "completed");
        assertThat(retried.path("trigger").asText()).isEqualTo("retry");
        assertThat(retried.path("retry_of")).isEqualTo(pull.path("id"));
        assertThat(source.requests(r -> !r.isMetadata()))
                .extracting(SourceRequest::target)
                .containsExactlyInAnyOrder("Patient/p1", "Observation", "Condition");
        assertThat(retried.at("/resources/new").asInt()).isEqualTo(6);
        assertThat(stored()).hasSize(16);
        assertThat(caravan.pull(pull.path("id").asText()).path("retryable").asBoolean())
                .isFalse();
        problem(retryPull(pull), 409, "nothing_to_retry");
        problem(retryPull(retried), 409, "nothing_to_retry");
    }

    @Test
    void a_retry_that_is_refused_again_says_so_and_can_be_retried() {
        source.fail(r -> r.isSearch("Observation")).with(Fault.status(403));
        JsonNode pull = pull(source, PATIENT);

        JsonNode retried = caravan.awaitPull(retryPull(pull).ok().path("id").asText());

        statusIs(retried, "partial");
        statusIs(task(retried, "Observation"), "refused");
        assertThat(caravan.tasks(retried.path("id").asText()))
                .extracting(task -> task.path("kind").asText())
                .containsExactlyInAnyOrder("read", "search", "references");
        source.clearFaults();
        statusIs(caravan.awaitPull(retryPull(retried).ok().path("id").asText()), "completed");
    }

    @Test
    void references_that_could_not_be_read_are_read_by_the_retry_without_a_walk() {
        source.put("{\"resourceType\":\"Observation\",\"id\":\"o\",\"subject\":{\"reference\":\"Patient/p1\"},"
                + "\"performer\":[{\"reference\":\"Practitioner/a\"},{\"reference\":\"Practitioner/b\"}]}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"a\"}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"b\"}");
        source.fail(r -> r.isRead("Practitioner", "a")).with(Fault.status(500));
        JsonNode pull = pull(source, PATIENT);
        statusIs(pull, "partial");
        source.clearFaults();
        source.forgetRequests();

        statusIs(caravan.awaitPull(retryPull(pull).ok().path("id").asText()), "completed");

        assertThat(source.requests(r -> !r.isMetadata()))
                .extracting(SourceRequest::target)
                .containsExactlyInAnyOrder("Patient/p1", "Practitioner/a");
        assertThat(stored("Practitioner")).hasSize(2);
    }

    @Test
    void a_cancelled_pull_goes_on_with_what_it_had_not_come_to() {
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        FaultHandle stalled = source.fail(r -> r.isSearch("Procedure")).with(Fault.stall());
        String pull = caravan.connect(registered, PATIENT, null)
                .ok()
                .at("/latest_pull/id")
                .asText();
        Awaitility.await("all but one type")
                .atMost(Duration.ofSeconds(30))
                .until(() -> stalled.held() > 0
                        && caravan.pull(pull).at("/tasks/done").asInt() >= 5);
        caravan.post(caravan.path("/pulls/" + pull + "/cancel"), Map.of()).ok();
        source.clearFaults();
        source.release();
        source.forgetRequests();

        JsonNode retried =
                caravan.awaitPull(retryPull(caravan.pull(pull)).ok().path("id").asText());

        statusIs(retried, "completed");
        assertThat(source.requests(SourceRequest::isSearch))
                .extracting(SourceRequest::target)
                .containsExactly("Procedure");
        assertThat(stored()).hasSize(16);
    }

    @Test
    void a_pull_that_could_not_even_be_planned_is_repeated_whole() {
        FaultHandle down = source.fail(r -> true).with(Fault.status(500));
        JsonNode pull = pull(source, PATIENT);
        statusIs(pull, "failed");
        down.clear();

        statusIs(caravan.awaitPull(retryPull(pull).ok().path("id").asText()), "completed");

        assertThat(stored()).hasSize(16);
    }

    private CaravanDriver.Answer retryPull(JsonNode pull) {
        return caravan.post(caravan.path("/pulls/" + pull.path("id").asText() + "/retry"), Map.of());
    }
}
