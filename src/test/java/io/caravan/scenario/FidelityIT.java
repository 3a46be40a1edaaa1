package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceSimulator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What leaves is what the source sent, to the letter; scoped, only what product.md § 2 names is another. */
class FidelityIT extends CaravanScenario {

    private static final String PATIENT = """
            { "resourceType" : "Patient", "id" : "p1", "name" : [ { "family" : "Tést\\u0041\\/\\"x" } ],
              "identifier" : [ { "system" : "urn:mrn", "value" : "7" } ], "unknownElement" : { "a" : [ ] } }""";

    private static final String OBSERVATION = """
            { "resourceType" : "Observation", "id" : "o1", "meta" : { "versionId" : "1" }, "status" : "final",
              "text" : { "status" : "generated", "div" : "<div>see Patient\\/1 and \\"reference\\":\\"Patient/p1\\"</div>" },
              "contained" : [ { "resourceType" : "Device", "id" : "d1", "patient" : { "reference" : "Patient/p1" } } ],
              "subject" : { "reference" : "Patient\\/p1" }, "device" : { "reference" : "#d1" },
              "encounter" : { "reference" : "Encounter?identifier=1" },
              "performer" : [ { "reference" : "%BASE%/Practitioner/x_9/_history/2#n" }, { "reference" : "urn:uuid:1" } ],
              "valueQuantity" : { "value" : 1.00, "low" : 1e2, "high" : 0.10000000000000000001, "none" : -0 },
              "twice" : 1, "twice" : "2", "emoji" : "\\ud83d\\ude00 😀" }""";

    @Test
    void an_original_source_is_delivered_to_the_letter() {
        try (SourceSimulator source = source()) {
            String sourceId =
                    caravan.newSource("One", source.baseUrl()).path("id").asText();

            assertThat(delivered(sourceId, "original", "Patient"))
                    .containsExactly(
                            "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Tést\\u0041\\/\\\"x\"}],"
                                    + "\"identifier\":[{\"system\":\"urn:mrn\",\"value\":\"7\"}],\"unknownElement\":{\"a\":[]}}");
            assertThat(delivered(sourceId, "original", "Observation"))
                    .containsExactly(
                            "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"versionId\":\"1\"},\"status\":\"final\","
                                    + "\"text\":{\"status\":\"generated\",\"div\":\"<div>see Patient\\/1 and \\\"reference\\\":\\\"Patient/p1\\\"</div>\"},"
                                    + "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"d1\",\"patient\":{\"reference\":\"Patient/p1\"}}],"
                                    + "\"subject\":{\"reference\":\"Patient\\/p1\"},\"device\":{\"reference\":\"#d1\"},"
                                    + "\"encounter\":{\"reference\":\"Encounter?identifier=1\"},"
                                    + "\"performer\":[{\"reference\":\"%BASE%/Practitioner/x_9/_history/2#n\"},{\"reference\":\"urn:uuid:1\"}],"
                                            .replace("%BASE%", source.baseUrl().toString())
                                    + "\"valueQuantity\":{\"value\":1.00,\"low\":1e2,\"high\":0.10000000000000000001,\"none\":-0},"
                                    + "\"twice\":1,\"twice\":\"2\",\"emoji\":\"\\ud83d\\ude00 😀\"}");
        }
    }

    @Test
    void a_scoped_source_differs_in_what_the_table_names_and_in_nothing_else() {
        try (SourceSimulator other = source();
                SourceSimulator source = source()) {
            caravan.newSource("First", other.baseUrl());
            JsonNode scoped = caravan.newSource("Second", source.baseUrl());
            String key = scoped.path("key").asText();
            String base = source.baseUrl().toString();

            assertThat(delivered(scoped.path("id").asText(), "scoped", "Patient"))
                    .containsExactly(
                            ("{\"resourceType\":\"Patient\",\"id\":\"KEY-p1\",\"meta\":{\"source\":\"BASE/Patient/p1\"},\"name\":[{\"family\":\"Tést\\u0041\\/\\\"x\"}],"
                                            + "\"identifier\":[{\"system\":\"urn:mrn\",\"value\":\"7\"},{\"system\":\"BASE\",\"value\":\"p1\"}],"
                                            + "\"unknownElement\":{\"a\":[]}}")
                                    .replace("KEY", key)
                                    .replace("BASE", base));
            assertThat(delivered(scoped.path("id").asText(), "scoped", "Observation"))
                    .containsExactly(("{\"resourceType\":\"Observation\",\"id\":\"KEY-o1\","
                                    + "\"meta\":{\"versionId\":\"1\",\"source\":\"BASE/Observation/o1\"},\"status\":\"final\","
                                    + "\"text\":{\"status\":\"generated\",\"div\":\"<div>see Patient\\/1 and \\\"reference\\\":\\\"Patient/p1\\\"</div>\"},"
                                    + "\"contained\":[{\"resourceType\":\"Device\",\"id\":\"d1\",\"patient\":{\"reference\":\"Patient/KEY-p1\"}}],"
                                    + "\"subject\":{\"reference\":\"Patient/KEY-p1\"},\"device\":{\"reference\":\"#d1\"},"
                                    + "\"encounter\":{\"reference\":\"Encounter?identifier=1\"},"
                                    // x_9 has a character that an id must not have: its hash stands in its place
                                    + "\"performer\":[{\"reference\":\"Practitioner/KEY-h"
                                    + "0466ebaa9ddac020ac9517f7d9b704ba6050dfe1"
                                    + "/_history/2#n\"},{\"reference\":\"urn:uuid:1\"}],"
                                    + "\"valueQuantity\":{\"value\":1.00,\"low\":1e2,\"high\":0.10000000000000000001,\"none\":-0},"
                                    + "\"twice\":1,\"twice\":\"2\",\"emoji\":\"\\ud83d\\ude00 😀\"}")
                            .replace("KEY", key)
                            .replace("BASE", base));
        }
    }

    private static SourceSimulator source() {
        SourceSimulator source = SourceSimulator.of(PATIENT.replace("\n", " "));
        source.put(OBSERVATION
                .replace("\n", " ")
                .replace("%BASE%", source.baseUrl().toString()));
        source.prettyPages(true);
        return source;
    }

    private List<String> delivered(String sourceId, String prefix, String type) {
        String pull = caravan.connect(sourceId, "p1", null)
                .ok()
                .path("latest_pull")
                .path("id")
                .asText();
        assertThat(caravan.awaitPull(pull).path("status").asText()).isEqualTo("completed");
        String name = prefix + "-" + type;
        String destination = caravan.newDestination(caravan.bucket(name, s3, "lake", name))
                .ok()
                .path("id")
                .asText();
        String run = caravan.awaitRuns(destination, 1).get(0).path("id").asText();
        return s3.lines("lake", "%s/%s/%s-0001.ndjson".formatted(name, run, type));
    }
}
