package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.FhirRelay;
import io.caravan.testing.HapiJpaServer;
import io.caravan.testing.SourceResource;
import io.caravan.testing.SourceSimulator;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole sample, delivered to HAPI FHIR's JPA server while it is empty. */
@EnabledIfSystemProperty(named = HapiJpaScenario.JAR, matches = ".+")
class HapiJpaIT extends HapiJpaScenario {

    private static final Logger LOG = LoggerFactory.getLogger(HapiJpaIT.class);
    private static final int SAMPLE = 8_392;

    @TempDir
    Path folder;

    private HapiJpaServer hapi;
    private FhirRelay relay;

    @BeforeEach
    void start() {
        hapi = startServer(folder);
        relay = FhirRelay.before(hapi.baseUrl());
    }

    @AfterEach
    void stop() {
        relay.close();
        hapi.close();
    }

    @Test
    void all_of_the_sample_is_accepted_and_reads_back_value_for_value() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            pullEverybody(source);
            JsonNode run = caravan.awaitRuns(destination(relay, Map.of()), 1).get(0);
            statusIs(run, "succeeded");
            counts(run, SAMPLE, SAMPLE, 0, 0);
            LOG.info(
                    "{} bundles with {} entries",
                    relay.bundles().size(),
                    sentNames(relay).size());

            readsBack(source, SAMPLE);
            aValueThatWasAlteredWouldBeFound(source);
        }
    }

    @Test
    void an_observation_with_an_invalid_code_is_the_only_one_rejected_and_goes_alone_when_its_source_has_mended_it() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            String good = unreferenced(source);
            String name = name(good);
            source.put(good.replaceFirst("\"status\":\"final\"", "\"status\":\"bogus\""));
            List<String> connections = pullEverybody(source);
            String destination = destination(relay, Map.of());
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);
            onlyThisWasRejected(run, name, "bogus");
            relay.forgetRequests();
            statusIs(retry(run), "failed"); // it is still invalid
            assertThat(sentNames(relay)).containsExactly(name);

            source.put(good);
            relay.forgetRequests();
            connections.forEach(connection -> caravan.awaitPull(caravan.pullNow(connection)));
            JsonNode mended = caravan.awaitRuns(destination, 3).get(0);
            statusIs(mended, "succeeded");
            counts(mended, 1, 1, 0, 0);
            assertThat(relay.bundles()).hasSize(1);
            assertThat(sentNames(relay)).containsExactly(name);
            JsonNode original = caravan.run(run.path("id").asText());
            statusIs(original, "partial");
            assertThat(original.path("retryable").asBoolean()).isFalse();
            readsBack(source, SAMPLE);
        }
    }

    @Test
    void an_observation_of_an_encounter_that_is_not_there_is_the_only_one_rejected_and_goes_alone_when_it_is_retried() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            String good = unreferenced(source);
            String name = name(good);
            String invalid = good.replaceFirst("\"Encounter/[^\"]+\"", "\"Encounter/not-there\"");
            assertThat(invalid).isNotEqualTo(good);
            source.put(invalid);
            pullEverybody(source);
            JsonNode run = caravan.awaitRuns(destination(relay, Map.of()), 1).get(0);
            onlyThisWasRejected(run, name, "Encounter/not-there");

            String encounter =
                    "{\"resourceType\":\"Encounter\",\"id\":\"not-there\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"}}";
            assertThat(ask(hapi, "PUT", "Encounter/not-there", encounter).statusCode())
                    .isEqualTo(201);
            relay.forgetRequests();
            JsonNode retry = retry(run);

            statusIs(retry, "succeeded");
            counts(retry, 1, 1, 0, 0);
            assertThat(relay.bundles()).hasSize(1);
            assertThat(sentNames(relay)).containsExactly(name);
            JsonNode original = caravan.run(run.path("id").asText());
            statusIs(original, "partial");
            assertThat(original.path("resolved_by").asText())
                    .isEqualTo(retry.path("id").asText());
            readsBack(source, SAMPLE);
        }
    }

    private void onlyThisWasRejected(JsonNode run, String name, String said) {
        statusIs(run, "partial");
        failedWith(run, "resources_refused");
        counts(run, SAMPLE, SAMPLE - 1, 0, 1);
        assertThat(run.path("retryable").asBoolean()).isTrue();
        assertThat(caravan.rejections(run.path("id").asText())).singleElement().satisfies(one -> {
            assertThat(one.path("type").asText() + "/" + one.path("id").asText())
                    .isEqualTo(name);
            assertThat(one.at("/outcome/resourceType").asText()).isEqualTo("OperationOutcome");
            assertThat(one.at("/outcome/issue/0/diagnostics").asText()).contains(said);
            assertThat(one.path("status").asInt()).isBetween(400, 422);
        });
    }

    /** Every resource of the source, and what of it differs at the server for no known reason. */
    private void readsBack(SourceSimulator source, int expected) {
        List<String> differences = new ArrayList<>();
        int read = 0;
        for (Iterator<SourceResource> all = source.expected(); all.hasNext(); read++) {
            SourceResource sent = all.next();
            HttpResponse<byte[]> held = ask(hapi, "GET", sent.key(), null);
            if (held.statusCode() != 200) {
                differences.add(sent.key() + " answers " + held.statusCode());
            } else {
                HapiJpaRewrites.unexplained(sent.json(), held.body()).forEach(one -> differences.add(sent.key() + one));
            }
        }
        assertThat(differences).isEmpty();
        assertThat(read).isEqualTo(expected);
    }

    private void aValueThatWasAlteredWouldBeFound(SourceSimulator source) {
        String sent = measured(source);
        byte[] held = ask(hapi, "GET", name(sent), null).body();
        String altered = sent.replaceFirst("(\"valueQuantity\":\\{\"value\":[0-9.]+)", "$10");
        assertThat(altered).isNotEqualTo(sent);
        assertThat(HapiJpaRewrites.unexplained(altered.getBytes(StandardCharsets.UTF_8), held))
                .extracting(Object::toString)
                .containsExactly("/valueQuantity/value is another");
    }

    private static String measured(SourceSimulator source) {
        return SyntheaLines.of("Observation").stream()
                .filter(line -> line.matches(".*\"valueQuantity\":\\{\"value\":[0-9]+\\.[0-9]+.*"))
                .map(line -> source.json("Observation", id(line)))
                .findFirst()
                .orElseThrow();
    }

    /**
     * An Observation that nothing refers to, for what does would be refused along with it. In the sample each patient's
     * Provenance names all that is the patient's: the one that names this Observation is served without doing so.
     */
    private static String unreferenced(SourceSimulator source) {
        String reports = String.join("", SyntheaLines.of("DiagnosticReport"));
        String found = SyntheaLines.of("Observation").stream()
                .filter(line -> line.contains("\"status\":\"final\"") && !reports.contains(id(line)))
                .findFirst()
                .orElseThrow();
        String target = "{\"reference\":\"" + name(found) + "\"}";
        List<String> naming = SyntheaLines.of("Provenance").stream()
                .filter(line -> line.contains(target))
                .toList();
        assertThat(naming).hasSize(1);
        String without = naming.get(0).replace(target + ",", "").replace("," + target, "");
        assertThat(without).doesNotContain(name(found));
        source.put(without);
        return found;
    }

    private static String id(String json) {
        return CaravanDriver.parse(json).path("id").asText();
    }

    private static String name(String json) {
        return CaravanDriver.parse(json).path("resourceType").asText() + "/" + id(json);
    }
}
