package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.HapiJpaServer;
import io.caravan.testing.SourceSimulator;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Delivery to HAPI FHIR's JPA server, which refuses what refers to something that is not there (see CONTRIBUTING.md). */
@EnabledIfSystemProperty(named = "caravan.hapi-jpa", matches = ".+")
class HapiJpaIT extends FaultScenario {

    private static final int SAMPLE = 8_392;

    @TempDir
    Path folder;

    @Test
    void all_of_the_sample_is_accepted_but_an_invalid_observation_and_what_names_it_until_it_is_repaired() {
        try (SourceSimulator source = SourceSimulator.synthea();
                HapiJpaServer hapi = HapiJpaServer.start(Path.of(System.getProperty("caravan.hapi-jpa")), folder)) {
            String good = unreferenced();
            source.put(good.replaceFirst("\"status\":\"final\"", "\"status\":\"bogus\""));
            List<String> connections = pullEverybody(source);
            String destination = caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), Map.of()))
                    .ok()
                    .path("id")
                    .asText();
            JsonNode run = patient(caravan).awaitRuns(destination, 1).get(0);
            statusIs(run, "partial");
            // The Provenance that names the Observation cannot be there without it.
            assertThat(run.at("/resources/delivered").asInt()).isEqualTo(SAMPLE - 2);
            assertThat(caravan.rejections(run.path("id").asText()))
                    .extracting(one -> one.path("type").asText())
                    .containsExactlyInAnyOrder("Observation", "Provenance");

            source.put(good);
            connections.forEach(connection -> caravan.awaitPull(caravan.pullNow(connection)));
            JsonNode mended = patient(caravan).awaitRuns(destination, 2).get(0);
            statusIs(mended, "succeeded");
            assertThat(mended.at("/resources/delivered").asInt()).isEqualTo(1);
            JsonNode retry = caravan.awaitRun(
                    caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of())
                            .ok()
                            .path("id")
                            .asText());
            statusIs(retry, "succeeded");
            assertThat(retry.at("/resources/delivered").asInt()).isEqualTo(1);
            assertThat(retry.at("/resources/superseded").asInt()).isEqualTo(1);
        }
    }

    /** An Observation that no report refers to: that would be refused along with it. */
    private static String unreferenced() {
        String reports = String.join("", SyntheaLines.of("DiagnosticReport"));
        return SyntheaLines.of("Observation").stream()
                .filter(line -> line.contains("\"status\":\"final\""))
                .filter(line ->
                        !reports.contains(CaravanDriver.parse(line).path("id").asText()))
                .findFirst()
                .orElseThrow();
    }

    private CaravanDriver patient(CaravanDriver driver) {
        return new CaravanDriver(URI.create("http://127.0.0.1:" + port), OPERATOR_KEY, Duration.ofMinutes(6))
                .as(driver.org());
    }

    private List<String> pullEverybody(SourceSimulator source) {
        String id = caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> connections = new ArrayList<>();
        for (String patient : source.patients()) {
            JsonNode connected = caravan.connect(id, patient, null).ok();
            caravan.awaitPull(connected.at("/latest_pull/id").asText());
            connections.add(connected.path("id").asText());
        }
        return connections;
    }
}
