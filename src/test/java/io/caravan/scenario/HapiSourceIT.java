package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.HapiSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HAPI FHIR's own server as a source, found as such: all of it arrives, byte for byte as HAPI writes it, and changes alone after that. */
class HapiSourceIT extends FaultScenario {

    private static final int MOST_PER_PAGE = 50;
    private static final Set<String> FOLLOWED = Set.of("Organization", "Practitioner", "Location", "Medication");

    private static HapiSource source;

    @BeforeAll
    static void startSource() {
        source = HapiSource.synthea(MOST_PER_PAGE);
    }

    @AfterAll
    static void stopSource() {
        source.close();
    }

    @Test
    void all_patients_arrive_page_by_page_and_byte_for_byte() {
        source.forgetRequests();
        String registered =
                caravan.newSource("HAPI", source.baseUrl()).path("id").asText();
        List<String> pulls = source.patients().stream()
                .map(patient -> caravan.connect(registered, patient, null).ok())
                .map(connection -> connection.at("/latest_pull/id").asText())
                .toList();
        pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));

        assertThat(caravan.get(caravan.path("/sources/" + registered))
                        .ok()
                        .path("detected_profile")
                        .asText())
                .isEqualTo("hapi");
        Map<String, String> stored = content();
        Set<String> owned = new HashSet<>();
        source.patients().forEach(patient -> owned.addAll(source.of(patient)));
        assertThat(owned).hasSizeGreaterThan(8_000);
        assertThat(stored.keySet()).containsAll(owned);
        assertThat(stored.keySet())
                .filteredOn(name -> !owned.contains(name))
                .isNotEmpty()
                .allMatch(name -> FOLLOWED.contains(name.substring(0, name.indexOf('/'))));
        stored.forEach((name, content) -> assertThat(content).as(name).isEqualTo(source.json(name)));
        assertThat(source.requests()).anyMatch(request -> request.contains("_getpagesoffset="));
    }

    @Test
    void the_next_pull_is_sent_only_what_changed_and_all_of_that() {
        String patient = source.patients().get(0);
        String registered =
                caravan.newSource("HAPI", source.baseUrl()).path("id").asText();
        JsonNode connection = caravan.connect(registered, patient, null).ok();
        JsonNode first = caravan.awaitPull(connection.at("/latest_pull/id").asText());
        statusIs(first, "completed");
        String changed = source.of(patient).stream()
                .filter(name -> name.startsWith("Condition/"))
                .findFirst()
                .orElseThrow();
        source.put(source.json(changed).replaceFirst("\"resourceType\":\"Condition\"", "$0,\"language\":\"en\""));
        source.put("""
                {"resourceType":"Goal","id":"new-goal","lifecycleStatus":"active","description":{"text":"walk"},
                 "subject":{"reference":"Patient/%s"}}""".formatted(patient));
        source.forgetRequests();

        JsonNode second =
                caravan.awaitPull(caravan.pullNow(connection.path("id").asText()));

        statusIs(second, "completed");
        assertThat(second.at("/resources/new").asInt()).isEqualTo(1);
        assertThat(second.at("/resources/changed").asInt()).isEqualTo(1);
        assertThat(second.at("/resources/seen").asInt())
                .isLessThan(first.at("/resources/seen").asInt() / 10);
        assertThat(source.requests())
                .filteredOn(request -> request.startsWith("/Condition?"))
                .singleElement()
                .asString()
                .contains("_lastUpdated=ge");
        assertThat(content().get(changed)).isEqualTo(source.json(changed)).contains("\"language\":\"en\"");
        assertThat(content()).containsKey("Goal/new-goal");
    }

    /** What is stored of the organization, by {@code Type/id}. */
    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        database.sql("SELECT type || '/' || id AS name, content FROM resource_record WHERE org_id = :org")
                .param("org", caravan.org())
                .query(row -> {
                    content.put(row.getString("name"), row.getString("content"));
                });
        return content;
    }
}
