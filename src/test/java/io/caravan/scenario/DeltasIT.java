package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.SourceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls that ask only for what has changed: nothing is skipped, and everything is walked where that is not known. */
class DeltasIT extends VendorCase {

    @Test
    void line_07_the_next_pull_asks_for_what_changed_since_the_start_of_the_one_before_and_five_minutes() {
        source = smallSource(HAPI);
        JsonNode first = pull(source, PATIENT);
        assertThat(queries("Observation")).noneMatch(query -> query.contains("_lastUpdated"));
        source.forgetRequests();

        statusIs(pullAgain(first), "completed");

        Instant start = Instant.parse(first.path("started_at").asText());
        for (String type : List.of("Condition", "Encounter", "Immunization", "Observation", "Procedure")) {
            assertThat(queries(type))
                    .singleElement()
                    .satisfies(query -> assertThat(since(query))
                            .isBetween(
                                    start.minus(Duration.ofMinutes(5)).minusSeconds(2),
                                    start.minus(Duration.ofMinutes(5))));
        }
    }

    @Test
    void line_07_a_query_that_failed_is_asked_from_where_it_had_come_to_and_the_others_from_later() {
        source = smallSource(HAPI);
        JsonNode first = pull(source, PATIENT);
        source.fail(of("Observation")).with(Fault.status(403));
        JsonNode second = pullAgain(first);
        statusIs(second, "partial");
        source.clearFaults();
        source.forgetRequests();

        statusIs(pullAgain(first), "completed");

        Instant firstStart = Instant.parse(first.path("started_at").asText()).minus(Duration.ofMinutes(5));
        Instant secondStart = Instant.parse(second.path("started_at").asText()).minus(Duration.ofMinutes(5));
        assertThat(since(queries("Observation").get(0))).isBetween(firstStart.minusSeconds(2), firstStart);
        assertThat(since(queries("Condition").get(0))).isBetween(secondStart.minusSeconds(2), secondStart);
    }

    @Test
    void line_07_everything_is_walked_on_demand_when_it_is_due_and_after_a_new_grant() {
        source = smallSource(HAPI);
        JsonNode first = pull(source, PATIENT);
        String connection = first.path("connection_id").asText();
        source.forgetRequests();

        caravan.awaitPull(caravan.post(caravan.path("/connections/" + connection + "/pulls"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText());
        assertThat(queries("Observation")).singleElement().asString().doesNotContain("_lastUpdated");

        source.forgetRequests();
        pullAgain(first);
        assertThat(queries("Observation")).singleElement().asString().contains("_lastUpdated");

        source.forgetRequests();
        database.sql("UPDATE query_cursor SET walked_at = walked_at - INTERVAL '7 days' WHERE org_id = :org")
                .param("org", caravan.org())
                .update();
        pullAgain(first);
        assertThat(queries("Observation")).singleElement().asString().doesNotContain("_lastUpdated");

        source.forgetRequests();
        CaravanDriver.Answer reconnected =
                caravan.connect(first.path("source_id").asText(), PATIENT, "new-token");
        caravan.awaitPull(reconnected.ok().at("/latest_pull/id").asText());
        assertThat(queries("Observation")).singleElement().asString().doesNotContain("_lastUpdated");
    }

    @Test
    void line_05_what_was_referred_to_and_could_not_be_read_is_found_again_by_the_next_pull() {
        source = smallSource(HAPI);
        source.put("{\"resourceType\":\"Observation\",\"id\":\"by\",\"subject\":{\"reference\":\"Patient/p1\"},"
                + "\"performer\":[{\"reference\":\"Practitioner/d\"}]}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"d\"}");
        source.fail(request -> request.isRead("Practitioner")).with(Fault.status(500));
        JsonNode first = pull(source, PATIENT);
        statusIs(first, "partial");
        source.clearFaults();

        statusIs(pullAgain(first), "completed");

        assertThat(stored("Practitioner")).containsExactly("Practitioner/d");
    }

    @Test
    void line_15_a_walk_that_the_source_calls_incomplete_is_none_to_go_on_from() {
        source = smallSource(HAPI);
        source.fail(of("Observation")).with(Fault.outcomeEntry("4119", "This record may be incomplete"));
        JsonNode first = pull(source, PATIENT);
        source.clearFaults();
        source.forgetRequests();

        statusIs(pullAgain(first), "completed");

        assertThat(queries("Observation")).singleElement().asString().doesNotContain("_lastUpdated");
        assertThat(queries("Condition")).singleElement().asString().contains("_lastUpdated");
    }

    @Test
    void line_07_a_source_that_refuses_last_updated_is_walked_whole_at_once() {
        source = smallSource(HAPI);
        JsonNode first = pull(source, PATIENT);
        source.put(record("Observation", "late", PATIENT));
        source.forgetRequests();
        source.fail(query("_lastUpdated")).with(Fault.status(400));

        JsonNode second = pullAgain(first);

        statusIs(second, "completed");
        assertThat(queries("Observation")).hasSize(3);
        assertThat(queries("Observation").get(2)).isEqualTo("patient=p1&_count=200");
        assertThat(stored("Observation")).hasSize(4);
        assertThat(database.sql("""
                        SELECT count(*) FROM pull_task
                         WHERE org_id = :org AND pull_id = :pull AND kind = 'search' AND NOT full_walk""")
                        .param("org", caravan.org())
                        .param("pull", second.path("id").asText())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {EPIC, CERNER})
    void line_07_epic_and_cerner_are_walked_whole_each_time_and_what_is_unchanged_writes_nothing(String vendor) {
        source = smallSource(vendor);
        JsonNode first = pull(source, PATIENT);

        JsonNode second = pullAgain(first);

        statusIs(second, "completed");
        assertThat(source.requests()).noneMatch(request -> request.rawQuery().contains("_lastUpdated"));
        assertThat(second.at("/resources/new").asInt()).isZero();
        assertThat(second.at("/resources/changed").asInt()).isZero();
        assertThat(second.at("/resources/unchanged").asInt()).isPositive();
    }

    @Test
    void line_14_what_arrives_while_a_pull_reads_is_found_by_the_next_one() {
        source = manyPages(HAPI);
        FaultHandle secondPage =
                source.fail(SourceRequest::isNextPage).with(Fault.stall()).times(1);
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        JsonNode connection = caravan.connect(registered, PATIENT, null).ok();
        await().until(() -> source.count(SourceRequest::isNextPage) == 1);
        Instant arrived = Instant.now();
        source.put(record("Procedure", "arrived", PATIENT));
        secondPage.release();
        JsonNode first = caravan.awaitPull(connection.at("/latest_pull/id").asText());
        assertThat(stored("Procedure")).hasSize(253).doesNotContain("Procedure/arrived");
        source.forgetRequests();

        statusIs(pullAgain(first), "completed");

        assertThat(since(queries("Procedure").get(0))).isBefore(arrived);
        assertThat(stored("Procedure")).hasSize(254).contains("Procedure/arrived");
    }
}
