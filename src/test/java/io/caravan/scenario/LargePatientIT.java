package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceResource;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One patient can be 50 000 resources (sources.md, line 19), each of which lands as it was sent. */
class LargePatientIT extends FaultScenario {

    private static final int RESOURCES = 50_000;

    @Test
    void line_19_fifty_thousand_resources_of_one_patient_land_each_as_it_was_sent() {
        try (SourceSimulator source =
                SourceSimulator.builder().generated(1, RESOURCES, 19).start()) {
            // Attachments are another matter: each is a task of its own.
            String registered = caravan.newSource("General", source.baseUrl(), "unattached")
                    .path("id")
                    .asText();
            JsonNode connection =
                    caravan.connect(registered, source.patients().get(0), null).ok();
            JsonNode pull = caravan.awaitPull(connection.at("/latest_pull/id").asText());

            statusIs(pull, "completed");
            assertThat(pull.path("warnings")).isEmpty();
            Map<String, Integer> stored = hashes();
            assertThat(stored).hasSizeGreaterThan(RESOURCES);
            assertThat(pull.at("/resources/new").asInt()).isEqualTo(stored.size());
            for (Iterator<SourceResource> left = source.expected(); left.hasNext(); ) {
                SourceResource expected = left.next();
                assertThat(stored.remove(expected.key()))
                        .as(expected.key())
                        .isEqualTo(new String(expected.json(), StandardCharsets.UTF_8).hashCode());
            }
            assertThat(stored).isEmpty();
        }
    }

    /** A small trace of each record's content, by its key. */
    private Map<String, Integer> hashes() {
        Map<String, Integer> hashes = new HashMap<>();
        database.sql("SELECT type || '/' || id AS key, content FROM resource_record WHERE org_id = :org")
                .param("org", caravan.org())
                .query(row -> {
                    hashes.put(row.getString("key"), row.getString("content").hashCode());
                });
        return hashes;
    }
}
