package io.caravan.scenario;

import static io.caravan.scenario.FaultScenario.statusIs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.SourceOddities;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle is held in memory, up to three times while it is made (docs/operating.md): what that comes to at its longest. */
class LargeBundleIT {

    private static final int MB = 1 << 20;

    @TempDir
    private Path dataDir;

    @Test
    void a_resource_of_40_MB_reaches_a_FHIR_server_byte_for_byte_from_a_heap_of_256_MB() {
        String large = new String(SourceOddities.large("large", "p1", 40 * MB), StandardCharsets.UTF_8);
        List<String> heap = List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
        try (SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
                HapiServer hapi = HapiServer.start();
                CaravanProcess process = CaravanProcess.start(dataDir, heap, List.of())) {
            source.put(large);
            CaravanDriver caravan = process.driver();
            String registered =
                    caravan.newSource("General", source.baseUrl()).path("id").asText();
            JsonNode connected = caravan.connect(registered, "p1", null).ok();
            statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
            String destination = caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), Map.of()))
                    .ok()
                    .path("id")
                    .asText();
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);

            statusIs(run, "succeeded");
            assertThat(run.at("/resources/delivered").asInt()).isEqualTo(2);
            assertThat(hapi.names()).containsExactlyInAnyOrder("Patient/p1", "Observation/large");
            assertThat(hapi.bundles().stream().map(FhirRequest::body).filter(body -> body.length > 40 * MB))
                    .singleElement()
                    .satisfies(body -> assertThat(new String(body, StandardCharsets.UTF_8).contains(large))
                            .isTrue());
            assertThat(process.isAlive()).isTrue();
        }
    }
}
