package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.SourceSimulator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A FHIR server that is in trouble, goes away, or whose answer does not arrive whole; with HAPI's JPA server: HapiJpaFaultsIT. */
class FhirTroubleIT extends FaultScenario {

    private static final int RESOURCES = 31;
    private static final Predicate<FhirRequest> WITH_O17 =
            request -> request.bundle() && request.entries().contains("Observation/o17");

    private HapiServer hapi;
    private SourceSimulator source;

    @BeforeEach
    void start() {
        hapi = HapiServer.start();
        source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
        for (int i = 1; i < RESOURCES; i++) {
            source.put(
                    "{\"resourceType\":\"Observation\",\"id\":\"o%02d\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p1\"}}"
                            .formatted(i));
        }
    }

    @AfterEach
    void stop() {
        source.close();
        hapi.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"torn", "halved", "lost"})
    void an_answer_that_does_not_arrive_whole_is_not_counted_and_its_bundle_is_sent_again_as_it_was(String how) {
        Map<String, FhirFault> faults = Map.of(
                "torn", FhirFault.answerTorn(), "halved", FhirFault.answerHalved(), "lost", FhirFault.answerLost());
        hapi.fail(WITH_O17, faults.get(how), 1);
        JsonNode run = delivered(Map.of("bundle_entries", 10));

        statusIs(run, "succeeded");
        List<FhirRequest> repeated = hapi.bundles().stream().filter(WITH_O17).toList();
        assertThat(repeated).hasSize(2);
        assertThat(repeated.get(1).body()).isEqualTo(repeated.get(0).body());
        repeated.get(0)
                .entries()
                .forEach(name -> assertThat(hapi.version(name)).as(name).isEqualTo(2)); // the server took it both times
        assertThat(sent()).isEqualTo(RESOURCES + 10);
    }

    @Test
    void a_server_that_has_errors_twice_is_asked_again_and_the_run_succeeds() {
        hapi.fail(WITH_O17, FhirFault.status(503), 2);
        JsonNode run = delivered(Map.of());

        statusIs(run, "succeeded");
        assertThat(hapi.bundles()).filteredOn(WITH_O17).hasSize(3);
    }

    @Test
    void a_base_that_vanished_fails_the_run_and_a_retry_delivers_all_once_it_is_back() {
        String destination = destination(Map.of());
        caravan.awaitRuns(destination, 1);
        hapi.fail(FhirRequest::bundle, FhirFault.status(404), Integer.MAX_VALUE);
        statusIs(pull(source, PATIENT), "completed");
        JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
        statusIs(failed, "failed");
        failedWith(failed, "destination_not_found");
        assertThat(failed.at("/resources/delivered").asInt()).isZero();

        hapi.clearFaults();
        String retry = caravan.path("/runs/" + failed.path("id").asText() + "/retry");
        JsonNode retried =
                caravan.awaitRun(caravan.post(retry, Map.of()).ok().path("id").asText());

        statusIs(retried, "succeeded");
        assertThat(hapi.names()).hasSize(RESOURCES);
    }

    /** The run of all records, which counts each of them once. */
    private JsonNode delivered(Map<String, Object> settings) {
        statusIs(pull(source, PATIENT), "completed");
        JsonNode run = caravan.awaitRuns(destination(settings), 1).get(0);
        assertThat(run.at("/resources/delivered").asInt()).as(run.toString()).isEqualTo(RESOURCES);
        assertThat(hapi.names()).hasSize(RESOURCES);
        return run;
    }

    private String destination(Map<String, Object> settings) {
        return caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), settings))
                .ok()
                .path("id")
                .asText();
    }

    private long sent() {
        return hapi.bundles().stream()
                .flatMap(bundle -> bundle.entries().stream())
                .filter(name -> !name.contains("caravan-probe"))
                .count();
    }
}
