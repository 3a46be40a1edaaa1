package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.generated.IdStyle;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SourceGeneratedTest extends SourceCase {

    private static final Pattern REFERENCE =
            Pattern.compile("\"reference\":\"((?:Location|Medication|Organization|Practitioner\\w*)/[^\"]+)\"");

    @ParameterizedTest
    @EnumSource(IdStyle.class)
    void what_a_crawl_of_all_pages_finds_is_what_is_expected_byte_for_byte(IdStyle ids) throws Exception {
        source = SourceSimulator.builder().generated(25, 40, 42).ids(ids).start();

        Map<String, String> crawled = crawl(source.patients());

        assertThat(crawled).isEqualTo(expected(source.patients())).hasSize(source.size());
        assertThat(source.requests()).allMatch(request -> request.status() == 200);
    }

    @Test
    void some_patients_are_expected_without_the_others() throws Exception {
        source = SourceSimulator.builder().generated(100, 30, 42).start();
        List<String> some = source.patients().subList(3, 5);

        Map<String, String> expected = expected(some);

        assertThat(crawl(some)).isEqualTo(expected);
        assertThat(expected).hasSizeBetween(2 * 31 + 5, 2 * 31 + 25);
    }

    @Test
    void what_is_expected_of_the_sample_is_all_of_it() {
        source = SourceSimulator.synthea();

        assertThat(expected(source.patients())).hasSize(8_392);
    }

    @Test
    void a_changed_resource_is_found_by_when_it_changed() throws Exception {
        source = SourceSimulator.builder()
                .generated(5, 100, 42)
                .with(FaultyQueries.lastUpdated())
                .start();
        SourceGenerated generated = source.generated();
        int number = generated.find("Observation", anObservation()).orElseThrow();
        SourceResource before = generated.nth(number);
        String search = "/Observation?patient=" + source.patients().get(0);
        JsonNode first = json(get(search + "&_count=1"));
        Instant start = Instant.now().minusSeconds(60);
        assertThat(ids(json(get(search + "&_lastUpdated=ge" + start)))).isEmpty();

        generated.change(number);
        SourceResource after = generated.nth(number);
        generated.change(number);

        assertThat(after.json()).isNotEqualTo(before.json());
        assertThat(generated.nth(number).json()).isNotEqualTo(after.json());
        assertThat(ids(json(get(search + "&_lastUpdated=ge" + start)))).containsExactly(before.id());
        assertThat(source.json("Observation", before.id())).contains("\"versionId\":\"3\"");
        assertThat(generated.changed()).isEqualTo(1);
        String begunBefore = String.join(" ", bodies(first));
        assertThat(begunBefore).doesNotContain("\"versionId\":\"3\"");
    }

    private String anObservation() throws Exception {
        return ids(json(get("/Observation?patient=" + source.patients().get(0) + "&_count=9"))).stream()
                .filter(id -> source.json("Observation", id).contains("\"meta\""))
                .findFirst()
                .orElseThrow();
    }

    private List<String> bodies(JsonNode first) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (String next = next(first); !next.isEmpty(); next = next(json(bodies.get(bodies.size() - 1)))) {
            bodies.add(get(URI.create(next)).body());
        }
        return bodies;
    }

    @Test
    void a_removed_resource_is_gone_until_it_changes() throws Exception {
        source = SourceSimulator.builder().generated(3, 50, 42).start();
        SourceGenerated generated = source.generated();
        String patient = source.patients().get(1);
        int size = source.size();
        int goals = source.size("Goal");
        String goal = ids(json(get("/Goal?patient=" + patient))).get(0);
        int number = generated.find("Goal", goal).orElseThrow();

        generated.remove(number);

        assertThat(status("/Goal/" + goal)).isEqualTo(404);
        assertThat(ids(json(get("/Goal?patient=" + patient)))).doesNotContain(goal);
        assertThat(source.size()).isEqualTo(size - 1);
        assertThat(source.size("Goal")).isEqualTo(goals - 1);
        assertThat(expected(source.patients())).hasSize(size - 1).doesNotContainKey("Goal/" + goal);
        assertThat(source.remove("Goal", goal)).isFalse();
        assertThatThrownBy(() -> generated.nth(number)).isInstanceOf(IllegalArgumentException.class);

        generated.change(number);
        assertThat(status("/Goal/" + goal)).isEqualTo(200);
        assertThat(source.size()).isEqualTo(size);
    }

    @Test
    void other_resources_lie_beside_the_generated_ones() throws Exception {
        source = SourceSimulator.builder().generated(2, 20, 42).resource(ANN).start();
        String patient = source.patients().get(1);
        source.put(observation(1).replace("Patient/ann", "Patient/" + patient));

        assertThat(source.patients()).hasSize(3).startsWith("ann");
        List<String> ids = ids(json(get("/Observation?patient=" + patient + "&_count=200")));
        assertThat(ids).startsWith("o1").hasSizeGreaterThan(2);
        assertThat(expected(List.of(patient))).containsKey("Observation/o1");
        String taken = source.generated().nth(source.generated().count() - 1).id();
        assertThatThrownBy(() -> source.put(observation(1).replace("\"o1\"", "\"" + taken + "\"")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(source.remove("Observation", "o1")).isTrue();
    }

    @Test
    void categories_split_a_type_without_a_rest() throws Exception {
        source = SourceSimulator.builder()
                .generated(2, 400, 42)
                .with(FaultyQueries.needs("Observation", "category"))
                .start();
        String search = "/Observation?patient=" + source.patients().get(0) + "&_count=200&category=";
        Set<String> all = new TreeSet<>();
        int parts = 0;
        for (String category : List.of("laboratory", "vital-signs", "social-history", "survey", "exam")) {
            List<String> ids = ids(walk(search + category, 99));
            all.addAll(ids);
            parts += ids.size();
        }

        assertThat(parts).isEqualTo(all.size()).isEqualTo(source.size("Observation") / 2);
    }

    @Test
    void documents_name_binaries_that_are_there() throws Exception {
        source = SourceSimulator.builder().generated(2, 200, 42).start();
        JsonNode documents =
                json(get("/DocumentReference?patient=" + source.patients().get(0)));
        Set<String> types = new HashSet<>();
        for (JsonNode entry : documents.path("entry")) {
            JsonNode attachment = entry.at("/resource/content/0/attachment");
            var answer = getBytes("/" + attachment.path("url").textValue());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .contains(attachment.path("contentType").textValue());
            assertThat(answer.body()).hasSizeBetween(2_000, 40_000);
            types.add(attachment.path("contentType").textValue());
        }
        assertThat(types)
                .contains("text/plain", "application/pdf", "image/jpeg")
                .hasSize(7);
    }

    /** By key, the bytes. */
    private Map<String, String> expected(List<String> patients) {
        Map<String, String> expected = new HashMap<>();
        for (Iterator<SourceResource> all = source.expected(patients); all.hasNext(); ) {
            SourceResource resource = all.next();
            String json = new String(resource.json(), StandardCharsets.UTF_8);
            assertThat(expected.put(resource.key(), json)).as(resource.key()).isNull();
        }
        return expected;
    }

    /** Everything that a client finds who reads the Patients, walks all searches, and follows references. */
    private Map<String, String> crawl(List<String> patients) throws Exception {
        Map<String, String> found = new HashMap<>();
        List<String> reads = new ArrayList<>();
        JsonNode capability = json(get("/metadata"));
        for (String patient : patients) {
            reads.add("Patient/" + patient);
            for (JsonNode type : capability.at("/rest/0/resource")) {
                if (type.has("searchParam")) {
                    String search = "/" + type.path("type").textValue() + "?patient=" + patient + "&_count=7";
                    for (JsonNode page : walk(search, 999)) {
                        ids(page).forEach(id -> reads.add(type.path("type").textValue() + "/" + id));
                    }
                }
            }
        }
        for (int i = 0; i < reads.size(); i++) {
            if (!found.containsKey(reads.get(i))) {
                String body = get("/" + reads.get(i)).body();
                found.put(reads.get(i), body);
                Matcher references = REFERENCE.matcher(body);
                while (references.find()) {
                    reads.add(references.group(1));
                }
            }
        }
        return found;
    }
}
