package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultyBodies;
import io.caravan.testing.SourceOddities;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.generated.IdStyle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies as sources send them (sources.md, line 18): what can be read is read as it stands, and what has no place is said. */
class BodiesIT extends FaultScenario {

    private SourceSimulator source;

    @BeforeEach
    void startSource() {
        source = smallSource();
    }

    @AfterEach
    void stopSource() {
        source.close();
    }

    static Stream<Arguments> wrappings() {
        return Stream.of(
                Arguments.of("on many lines", FaultyBodies.prettyPrinted()),
                Arguments.of("said to be HTML", FaultyBodies.contentType("text/html")),
                Arguments.of(
                        "said to be of another encoding", FaultyBodies.contentType("text/plain;charset=ISO-8859-1")),
                Arguments.of("said to be anything", FaultyBodies.contentType("application/octet-stream")),
                Arguments.of("behind a byte order mark", FaultyBodies.byteOrderMark()),
                Arguments.of("in gzip", FaultyBodies.gzip()),
                Arguments.of("in deflate", FaultyBodies.deflate()),
                Arguments.of("in gzip that nobody asked for", FaultyBodies.gzipUnasked()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrappings")
    void line_18_what_comes_in_another_wrapping_lands_as_it_is(String name, Fault fault) {
        source.put(record("Observation", "odd", PATIENT).replace("final", "é 😀 \\u00e9 1.00"));
        source.fail(request -> true).with(fault);

        statusIs(pull(source, PATIENT), "completed");

        Map<String, String> stored = content();
        assertThat(stored).hasSize(17);
        stored.forEach((key, content) -> assertThat(content).isEqualTo(source.json(type(key), id(key))));
        assertThat(source.requests())
                .allMatch(
                        request -> request.header("Accept-Encoding").orElse("").contains("gzip"));
    }

    @Test
    void line_18_a_page_of_fifty_megabytes_is_read() {
        source.fail(request -> request.isSearch("Observation")).with(FaultyBodies.padded(50 << 20));

        statusIs(pull(source, PATIENT), "completed");

        assertThat(stored()).hasSize(16);
    }

    @Test
    void line_18_long_and_numeric_ids_stay_as_they_are_where_a_source_keeps_its_ids() {
        String epics = SourceOddities.longId(1);
        String cerners = SourceOddities.numericId(1);
        assertThat(epics).hasSizeGreaterThan(64);
        source.put(record("Observation", epics, PATIENT));
        source.put(record("Observation", cerners, PATIENT));

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(pull.path("warnings")).isEmpty();
        assertThat(stored("Observation")).hasSize(5).contains("Observation/" + epics, "Observation/" + cerners);
    }

    @Test
    void line_18_epics_long_ids_become_ids_that_every_server_takes() {
        landsScoped("epic", IdStyle.EPIC, (key, id) -> key + "-h" + sha256(id).substring(0, 40));
    }

    @Test
    void line_18_so_do_cerners_that_are_only_digits() {
        landsScoped("cerner", IdStyle.CERNER, (key, id) -> key + "-" + id);
    }

    private interface Scoped {
        String of(String key, String id);
    }

    /** A vendor's source, whose ids are scoped unless somebody says otherwise: every record lands once, under such an id. */
    private void landsScoped(String vendor, IdStyle ids, Scoped scoped) {
        try (SourceSimulator generated =
                SourceSimulator.builder().generated(2, 60, 7).ids(ids).start()) {
            JsonNode registered = caravan.post(
                            caravan.path("/sources"),
                            Map.of(
                                    "name",
                                    vendor,
                                    "fhir_base_url",
                                    generated.baseUrl().toString(),
                                    "profile",
                                    vendor))
                    .ok();
            for (String patient : generated.patients()) {
                String pull = caravan.connect(registered.path("id").asText(), patient, null)
                        .ok()
                        .at("/latest_pull/id")
                        .asText();
                statusIs(caravan.awaitPull(pull), "completed");
            }

            assertThat(registered.path("ids").asText()).isEqualTo("scoped");
            TreeSet<String> expected = new TreeSet<>();
            generated.expected().forEachRemaining(resource -> {
                String id = scoped.of(registered.path("key").asText(), resource.id());
                expected.add(resource.type() + "/" + id);
                if (resource.type().equals("DocumentReference")) {
                    expected.add("Binary/" + id); // which a document names under its own id
                }
            });
            assertThat(stored())
                    .containsExactlyInAnyOrderElementsOf(expected)
                    .allMatch(key -> id(key).matches("[A-Za-z0-9\\-.]{1,64}") && !id(key).matches("\\d+"));
        }
    }

    @Test
    void line_18_ids_that_climb_out_of_a_path_never_get_into_one_and_are_counted() {
        for (String id : new String[] {".", "..", "../Patient/p2"}) {
            source.put("Observation", id, PATIENT, SourceOddities.withId(id, PATIENT));
        }
        source.put("""
                {"resourceType":"Observation","id":"refers","subject":{"reference":"Patient/p1"},"performer":[
                 {"reference":"Practitioner/.."},{"reference":"Practitioner/."},{"reference":"Organization/../Patient/p2"}]}""");

        JsonNode pull = pull(source, PATIENT);

        statusIs(pull, "completed");
        assertThat(stored("Observation")).hasSize(4).contains("Observation/refers");
        assertThat(texts(task(pull, "Observation").path("warnings"))).hasSize(3);
        assertThat(source.requests())
                .noneMatch(request ->
                        request.path().contains("/.") || request.path().contains("%2E"));
        assertThat(caravan.connect(pull.path("source_id").asText(), "..", null).status())
                .isEqualTo(422);
    }

    @Test
    void line_18_without_meta_nothing_is_added_where_a_source_keeps_its_ids() {
        statusIs(pull(source, PATIENT), "completed");

        assertThat(content())
                .hasSize(16)
                .allSatisfy((key, content) ->
                        assertThat(content).doesNotContain("\"meta\"").isEqualTo(source.json(type(key), id(key))));
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

    private static String type(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    private static String id(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
