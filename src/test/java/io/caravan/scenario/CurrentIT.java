package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The next pull: what changed changes, what is gone at the source goes, and nothing else (sources.md, lines 14 and 16). */
class CurrentIT extends FaultScenario {

    private SourceSimulator source;
    private String connection;

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    @Test
    void an_unchanged_pull_asks_for_every_page_once_and_writes_no_record() {
        for (int i = 0; i < 450; i++) {
            source.put(record("Observation", "many-" + i, PATIENT));
        }
        source.put("{\"resourceType\":\"Observation\",\"id\":\"seen\",\"subject\":{\"reference\":\"Patient/p1\"},"
                + "\"performer\":[{\"reference\":\"Practitioner/d\"}]}");
        source.put("{\"resourceType\":\"Practitioner\",\"id\":\"d\"}");
        JsonNode first = firstPull();
        everythingOnce();
        List<String> before = versions();
        source.forgetRequests();

        JsonNode again = pullAgain();

        statusIs(again, "completed");
        assertThat(again.at("/resources/unchanged").asInt())
                .isEqualTo(again.at("/resources/seen").asInt())
                .isEqualTo(first.at("/resources/new").asInt());
        assertThat(versions()).isEqualTo(before).hasSize(468);
        everythingOnce();
        assertThat(source.requests(r -> r.isSearch("Observation"))).hasSize(3);
    }

    @Test
    void line_16_a_real_404_makes_a_tombstone() {
        firstPull();
        source.remove("Observation", "observation2");
        source.forgetRequests();

        JsonNode pull = pullAgain();

        statusIs(pull, "completed");
        assertThat(pull.at("/resources/deleted").asInt()).isEqualTo(1);
        assertThat(pull.path("warnings")).isEmpty();
        assertThat(deleted()).containsExactly("Observation/observation2");
        assertThat(content("Observation", "observation2")).isEmpty();
        assertThat(source.requests(r -> r.isRead("Observation", "observation2")))
                .extracting(SourceRequest::status)
                .containsExactly(404);
        everythingOnce();

        source.forgetRequests();
        assertThat(pullAgain().at("/resources/deleted").asInt()).isZero();
        assertThat(source.count(r -> r.isRead("Observation"))).isZero();
    }

    @Test
    void line_16_a_410_too_and_the_last_of_its_type_as_well() {
        firstPull();
        for (int i = 1; i <= 3; i++) {
            source.remove("Observation", "observation" + i);
        }
        source.fail(r -> r.isRead("Observation", "observation1")).with(Fault.status(410));

        JsonNode pull = pullAgain();

        assertThat(pull.at("/resources/deleted").asInt()).isEqualTo(3);
        assertThat(deleted())
                .containsExactly("Observation/observation1", "Observation/observation2", "Observation/observation3");
    }

    @Test
    void line_16_a_403_deletes_nothing_and_is_said() {
        firstPull();
        source.remove("Observation", "observation2");
        source.fail(r -> r.isRead("Observation", "observation2")).with(Fault.status(403));

        JsonNode pull = pullAgain();

        statusIs(pull, "completed");
        assertThat(deleted()).isEmpty();
        assertThat(texts(pull.path("warnings")))
                .containsExactly(
                        "deletions: 1 Observation are not shown any more, but the source does not say that they are gone: they were kept.");
    }

    @Test
    void line_14_a_page_shift_makes_no_deletion_and_what_was_skipped_lands_as_it_is() {
        firstPull();
        source.put(source.json("Observation", "observation2").replace("final", "amended"));
        shows("Observation", "observation1", "observation3");
        source.forgetRequests();

        JsonNode pull = pullAgain();

        statusIs(pull, "completed");
        assertThat(pull.at("/resources/deleted").asInt()).isZero();
        assertThat(pull.at("/resources/changed").asInt()).isEqualTo(1);
        assertThat(content("Observation", "observation2")).contains("amended");
        assertThat(deleted()).isEmpty();
        everythingOnce();
    }

    @Test
    void half_the_records_vanishing_at_once_makes_no_deletion_and_warns() {
        for (int i = 0; i < 60; i++) {
            source.put(record("Observation", "many-%02d".formatted(i), PATIENT));
        }
        firstPull();
        for (int i = 0; i < 30; i++) {
            source.remove("Observation", "many-%02d".formatted(i));
        }
        source.remove("Condition", "condition1");
        source.forgetRequests();

        JsonNode pull = pullAgain();

        statusIs(pull, "completed");
        assertThat(pull.at("/resources/deleted").asInt()).isZero();
        assertThat(deleted()).isEmpty();
        assertThat(texts(pull.path("warnings")))
                .containsExactly(
                        "deletions: 30 of 63 Observation are not shown any more. So many at once may be the source's mistake: nothing was deleted.");
        assertThat(source.requests(r -> r.isRead("Observation") || r.isRead("Condition")))
                .isEmpty();
    }

    @Test
    void a_type_that_is_refused_or_fails_or_is_said_to_be_incomplete_loses_nothing() {
        firstPull();
        source.remove("Observation", "observation1");
        source.remove("Condition", "condition1");
        source.remove("Procedure", "procedure1");
        source.fail(r -> r.isSearch("Observation")).with(Fault.status(403));
        source.fail(r -> r.isSearch("Condition")).with(Fault.status(500));
        source.fail(r -> r.isSearch("Procedure")).with(Fault.outcomeEntry("4119", "Some results are withheld"));

        JsonNode pull = pullAgain();

        statusIs(pull, "partial");
        assertThat(deleted()).isEmpty();
        assertThat(source.count(r -> r.isRead("Observation") || r.isRead("Condition") || r.isRead("Procedure")))
                .isZero();
    }

    @Test
    void a_source_that_answers_404_to_every_read_loses_nothing() {
        firstPull();
        source.remove("Observation", "observation1");
        source.fail(r -> r.isRead("Observation")).with(Fault.status(404));

        JsonNode pull = pullAgain();

        assertThat(deleted()).isEmpty();
        assertThat(texts(pull.path("warnings"))).singleElement().asString().contains("1 Observation are not shown");
    }

    @Test
    void a_record_seen_by_two_connections_lives_until_neither_sees_it() {
        source.put("{\"resourceType\":\"Provenance\",\"id\":\"both\",\"target\":[{\"reference\":\"Patient/p1\"},"
                + "{\"reference\":\"Patient/p2\"}]}");
        firstPull();
        JsonNode other = caravan.connect(
                        caravan.all("/sources").get(0).path("id").asText(), "p2", null)
                .ok();
        caravan.awaitPull(other.path("latest_pull").path("id").asText());
        source.remove("Provenance", "both");

        assertThat(pullAgain().at("/resources/deleted").asInt()).isZero();
        assertThat(deleted()).isEmpty();

        JsonNode last = caravan.awaitPull(caravan.pullNow(other.path("id").asText()));
        assertThat(last.at("/resources/deleted").asInt()).isEqualTo(1);
        assertThat(deleted()).containsExactly("Provenance/both");
    }

    @Test
    void one_that_returns_is_a_change() {
        firstPull();
        String json = source.json("Observation", "observation2");
        source.remove("Observation", "observation2");
        pullAgain();
        source.put(json);

        JsonNode pull = pullAgain();

        assertThat(pull.at("/resources/changed").asInt()).isEqualTo(1);
        assertThat(deleted()).isEmpty();
        assertThat(content("Observation", "observation2")).isEqualTo(json);
    }

    @Test
    void deletions_reach_a_destination_by_a_run_of_their_own() {
        firstPull();
        String prefix = "current-" + caravan.org();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        source.remove("Observation", "observation2");

        JsonNode pull = pullAgain();
        JsonNode run = caravan.awaitRuns(destination, 2).get(0);

        assertThat(run.path("trigger").asText()).isEqualTo("pull_completed");
        String folder = prefix + "/" + run.path("id").asText();
        assertThat(s3.keys("lake", folder + "/deleted/")).hasSize(1);
        assertThat(s3.lines("lake", s3.keys("lake", folder + "/deleted/").get(0))
                        .get(0))
                .contains("\"url\":\"Observation/observation2\"");
        assertThat(caravan.pull(pull.path("id").asText())
                        .path("exports")
                        .path(0)
                        .path("run_id"))
                .isEqualTo(run.path("id"));
    }

    @Test
    void a_source_that_fails_while_it_is_asked_what_is_gone_is_asked_again_only_for_the_rest() {
        for (int i = 0; i < 200; i++) {
            source.put(record("Observation", "many-%03d".formatted(i), PATIENT));
        }
        firstPull();
        for (int i = 0; i < 20; i++) {
            source.remove("Observation", "many-%03d".formatted(i));
        }
        source.forgetRequests();
        FaultHandle down = source.fail(r -> r.isRead("Observation", "many-010")).with(Fault.status(503));
        down.times(1);

        JsonNode pull = pullAgain();

        statusIs(pull, "completed");
        assertThat(pull.at("/resources/deleted").asInt()).isEqualTo(20);
        Map<String, Long> reads = source.requests(r -> r.isRead("Observation")).stream()
                .collect(Collectors.groupingBy(SourceRequest::id, Collectors.counting()));
        assertThat(reads.remove("many-010")).isEqualTo(2);
        assertThat(reads).hasSize(20).allSatisfy((id, n) -> assertThat(n).isEqualTo(1));
    }

    private JsonNode firstPull() {
        JsonNode pull = pull(source, PATIENT);
        connection = pull.path("connection_id").asText();
        statusIs(pull, "completed");
        return pull;
    }

    private JsonNode pullAgain() {
        return caravan.awaitPull(caravan.pullNow(connection));
    }

    /** Searches for a type show only these. */
    private void shows(String type, String... ids) {
        String entries = IntStream.range(0, ids.length)
                .mapToObj(i -> "{\"resource\":" + source.json(type, ids[i]) + "}")
                .collect(Collectors.joining(","));
        source.fail(r -> r.isSearch(type))
                .with(Fault.answer(
                        200, "application/fhir+json", "{\"resourceType\":\"Bundle\",\"entry\":[" + entries + "]}"));
    }

    /** Every page and every resource was asked for once. */
    private void everythingOnce() {
        assertThat(source.requests())
                .extracting(r -> r.path() + "?" + r.rawQuery())
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    /** Each record with the transactions that wrote its row and its content. */
    private List<String> versions() {
        return database.sql(
                        "SELECT type || '/' || id || ' ' || xmin || ' ' || changed_xid FROM resource_record WHERE org_id = :org ORDER BY 1")
                .param("org", caravan.org())
                .query(String.class)
                .list();
    }

    private List<String> deleted() {
        return database.sql("SELECT type || '/' || id FROM resource_record WHERE org_id = :org AND deleted ORDER BY 1")
                .param("org", caravan.org())
                .query(String.class)
                .list();
    }

    private String content(String type, String id) {
        return database.sql("SELECT content FROM resource_record WHERE org_id = :org AND type = :type AND id = :id")
                .param("org", caravan.org())
                .param("type", type)
                .param("id", id)
                .query(String.class)
                .single();
    }
}
