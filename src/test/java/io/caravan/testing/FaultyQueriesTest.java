package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Lines 1 to 8 of sources.md. */
class FaultyQueriesTest extends SourceCase {

    private static final String OF_ANN = "/Observation?patient=ann";

    @Test
    void the_capability_statement_lies() throws Exception {
        observations(1, FaultyQueries.capabilityWithout("Observation"), FaultyQueries.capabilityWith("Goal"));
        assertThat(types(json(get("/metadata")))).containsExactly("Goal", "Patient");
        assertThat(status(OF_ANN)).isEqualTo(200);
        assertThat(status("/Goal?patient=ann")).isEqualTo(404);

        source.clearFaults();
        source.fail(SourceRequest::isMetadata).with(FaultyQueries.capabilityNamesSubject());
        source.fail(SourceRequest::isMetadata).with(FaultyQueries.fhirVersion("3.0.2"));
        source.fail(SourceRequest::isMetadata).with(FaultyQueries.capabilityWithoutInteractions());
        JsonNode capability = json(get("/metadata"));
        assertThat(parameters(capability, "Observation")).containsExactly("subject");
        assertThat(capability.path("fhirVersion").textValue()).isEqualTo("3.0.2");
        assertThat(capability.at("/rest/0/resource/0").has("interaction")).isFalse();
    }

    @Test
    void a_patients_id_needs_encoding() throws Exception {
        source = SourceSimulator.of(
                "{\"resourceType\":\"Patient\",\"id\":\"a b+c|d/é\"}",
                observation(0).replace("Patient/ann", "Patient/a b+c|d"));

        assertThat(status("/Patient/a%20b%2Bc%7Cd%2F%C3%A9")).isEqualTo(200);
        assertThat(ids(json(get("/Observation?patient=a%20b%2Bc%7Cd")))).containsExactly("o0");
    }

    @Test
    void a_search_needs_a_category_and_finds_what_is_in_it() throws Exception {
        observations(0, FaultyQueries.needs("Observation", "category"));
        source.put(inCategory(1, "laboratory"));
        source.put(inCategory(2, "vital-signs"));
        source.fail(SourceRequest::isSearch).with(FaultyQueries.refusesCategory(403, "sdoh", "exam"));

        assertThat(status(OF_ANN)).isEqualTo(400);
        assertThat(ids(json(get(OF_ANN + "&category=laboratory")))).containsExactly("o1");
        assertThat(ids(json(get(OF_ANN + "&category=laboratory,vital-signs")))).containsExactly("o1", "o2");
        assertThat(ids(json(get(OF_ANN + "&category=urn:c%7Cvital-signs")))).containsExactly("o2");
        assertThat(ids(json(get(OF_ANN + "&category=urn:d%7Cvital-signs")))).isEmpty();
        assertThat(status(OF_ANN + "&category=sdoh")).isEqualTo(403);
        assertThat(status(OF_ANN + "&category=urn:c%7Cexam")).isEqualTo(403);
    }

    @Test
    void pages_behind_the_first_need_no_category() throws Exception {
        observations(0, FaultyQueries.needs("Observation", "category"), FaultyQueries.refusesUnknownParameters());
        for (int i = 0; i < 5; i++) {
            source.put(inCategory(i, "laboratory"));
        }

        assertThat(ids(walk(OF_ANN + "&category=laboratory&_count=2", 9))).hasSize(5);
    }

    @Test
    void a_search_needs_an_intent() throws Exception {
        observations(0, FaultyQueries.needs("MedicationRequest", "intent"));
        source.put("{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"intent\":\"order\","
                + "\"subject\":{\"reference\":\"Patient/ann\"}}");

        assertThat(status("/MedicationRequest?patient=ann")).isEqualTo(400);
        assertThat(ids(json(get("/MedicationRequest?patient=ann&intent=plan,order"))))
                .containsExactly("m1");
        assertThat(ids(json(get("/MedicationRequest?patient=ann&intent=plan")))).isEmpty();
    }

    @Test
    void parameters_that_a_source_does_not_know_are_ignored_or_refused() throws Exception {
        observations(1);
        assertThat(status(OF_ANN + "&_security=x")).isEqualTo(200);

        source.fail(request -> true).with(FaultyQueries.allowsOnly("Observation", "patient", "_count"));
        assertThat(status(OF_ANN + "&_count=9")).isEqualTo(200);
        assertThat(status(OF_ANN + "&category=x")).isEqualTo(400);
        source.clearFaults();

        source.fail(request -> true).with(FaultyQueries.refusesUnknownParameters());
        assertThat(status(OF_ANN + "&category=x")).isEqualTo(200);
        assertThat(status(OF_ANN + "&_security=x")).isEqualTo(400);
    }

    @Test
    void a_patient_parameter_that_is_not_known_is_refused_or_returns_everybody() throws Exception {
        observations(1, FaultyQueries.patientUnknown());
        source.put(observation(7).replace("Patient/ann", "Patient/bob"));

        assertThat(ids(json(get(OF_ANN)))).containsExactly("o0", "o7");
        assertThat(status(OF_ANN, "Prefer", "handling=strict")).isEqualTo(400);
        assertThat(ids(json(get("/Observation?subject=ann", "Prefer", "handling=strict"))))
                .containsExactly("o0");
    }

    @Test
    void some_resources_come_only_by_reference() throws Exception {
        observations(3, FaultyQueries.onlyByReference("Observation", "o1"::equals));
        SourceOddities.chain("ann", 3).forEach(source::put);

        assertThat(ids(json(get(OF_ANN)))).containsExactly("o0", "o2");
        assertThat(status("/Observation/o1")).isEqualTo(200);
        assertThat(get("/Encounter?patient=ann").body()).contains("Location/chain-1");
        assertThat(get("/Location/chain-1").body()).contains("Location/chain-2");
        assertThat(get("/Location/chain-3").body()).doesNotContain("partOf");
        assertThat(status("/Location?patient=ann")).isEqualTo(400);
    }

    @Test
    void provenance_comes_with_what_it_is_about_or_the_question_is_refused() throws Exception {
        observations(2);
        source.put("{\"resourceType\":\"Provenance\",\"id\":\"p1\",\"target\":[{\"reference\":\"Observation/o1\"},"
                + "{\"reference\":\"Patient/ann\"}]}");
        String asked = OF_ANN + "&_count=1&_revinclude=Provenance:target";
        assertThat(get(asked).body()).doesNotContain("Provenance/p1");

        FaultHandle refused = source.fail(request -> true).with(FaultyQueries.revincludeRefused(403));
        assertThat(status(asked)).isEqualTo(403);
        assertThat(status(OF_ANN)).isEqualTo(200);
        refused.clear();

        source.fail(request -> true).with(FaultyQueries.revinclude());
        assertThat(json(get("/metadata")).findValuesAsText("searchRevInclude")).isNotEmpty();
        List<JsonNode> pages = walk(asked, 9);
        assertThat(ids(pages)).containsExactly("o0", "o1", "p1");
        assertThat(pages.get(1).at("/entry/1/search/mode").textValue()).isEqualTo("include");
        assertThat(get(OF_ANN).body()).doesNotContain("Provenance/p1");
    }

    @Test
    void last_updated_is_ignored_honoured_for_some_types_or_refused() throws Exception {
        observations(2);
        Instant longAgo = Instant.parse("2020-01-01T00:00:00Z");
        source.put(observation(5), longAgo);
        source.put(observation(6));
        source.put(
                "{\"resourceType\":\"Goal\",\"id\":\"g\",\"subject\":{\"reference\":\"Patient/ann\"},"
                        + "\"meta\":{\"lastUpdated\":\"2001-01-01T00:00:00Z\"}}",
                longAgo);
        String since = "&_lastUpdated=ge2021-01-01T00:00:00Z";
        assertThat(ids(json(get(OF_ANN + since)))).hasSize(4);

        FaultHandle partly = source.fail(request -> true).with(FaultyQueries.lastUpdated("Observation"));
        assertThat(parameters(json(get("/metadata")), "Observation")).contains("_lastUpdated");
        assertThat(parameters(json(get("/metadata")), "Goal")).containsExactly("patient");
        assertThat(ids(json(get(OF_ANN + since)))).containsExactly("o6");
        assertThat(ids(json(get(OF_ANN + "&_lastUpdated=ge2020-01-01&_lastUpdated=lt2020-01-02"))))
                .containsExactly("o5");
        assertThat(ids(json(get("/Goal?patient=ann" + since)))).containsExactly("g");
        partly.clear();

        FaultHandle lying = source.fail(request -> true).with(FaultyQueries.lastUpdatedIgnored());
        assertThat(parameters(json(get("/metadata")), "Goal")).contains("_lastUpdated");
        assertThat(ids(json(get(OF_ANN + since)))).hasSize(4);
        lying.clear();

        source.fail(request -> true).with(FaultyQueries.lastUpdatedRefused());
        assertThat(status(OF_ANN + since)).isEqualTo(400);
        assertThat(status(OF_ANN)).isEqualTo(200);
    }

    @Test
    void only_what_the_vendor_calls_fhir_is_accepted() throws Exception {
        observations(1, FaultyQueries.acceptsOnly("application/json+fhir"));

        assertThat(status("/Patient/ann", "Accept", "application/fhir+json")).isEqualTo(406);
        assertThat(status("/Patient/ann", "Accept", "application/json+fhir")).isEqualTo(200);
    }

    private static String inCategory(int number, String category) {
        return observation(number)
                .replace(
                        ",\"subject\"",
                        ",\"category\":[{\"coding\":[{\"system\":\"urn:c\",\"code\":\"" + category
                                + "\"}]}],\"subject\"");
    }

    private static List<String> types(JsonNode capability) {
        return StreamSupport.stream(capability.at("/rest/0/resource").spliterator(), false)
                .map(resource -> resource.path("type").textValue())
                .toList();
    }

    private static List<String> parameters(JsonNode capability, String type) {
        return StreamSupport.stream(capability.at("/rest/0/resource").spliterator(), false)
                .filter(resource -> resource.path("type").textValue().equals(type))
                .flatMap(resource -> resource.path("searchParam").findValuesAsText("name").stream())
                .toList();
    }
}
