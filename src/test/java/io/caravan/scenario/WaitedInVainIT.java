package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.FhirFault;
import io.caravan.testing.FhirRequest;
import io.caravan.testing.HapiServer;
import io.caravan.testing.SourceSimulator;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Work that waits for something that does not come in time, a connection to its database or an answer, is done later, once. */
@TestPropertySource(
        properties = {
            "caravan.http.response-timeout=3s",
            "caravan.export.retry-for=10m",
            "spring.datasource.hikari.connection-timeout=500"
        })
class WaitedInVainIT extends OneStoreScenario {

    private static final String OBSERVATION =
            "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p1\"}}";

    private static final Predicate<FhirRequest> WITH_OBSERVATION =
            request -> request.bundle() && request.entries().contains("Observation/o1");

    @Autowired
    private HikariDataSource pool;

    @Autowired
    private MeterRegistry meters;

    @Test
    void a_pool_of_which_nothing_is_left_holds_work_up_and_fails_none() throws SQLException {
        FaultHandle page = source.fail(request -> request.isSearch("Observation"))
                .with(Fault.stall())
                .times(1);
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        JsonNode connection = caravan.connect(registered, PATIENT, null).ok();
        Awaitility.await("a page under way").until(() -> page.held() == 1);
        List<Connection> taken = takeAll();
        try {
            source.release();
            double before = waitedInVain();
            Awaitility.await("steps that wait in vain").until(() -> waitedInVain() >= before + 10);
        } finally {
            for (Connection each : taken) {
                each.close();
            }
        }

        statusIs(caravan.awaitPull(connection.at("/latest_pull/id").asText()), "completed");
        JsonNode run = caravan.awaitRuns(destination, 2).get(0);
        statusIs(run, "succeeded");
        assertThat(delivered(store, BUCKET, "out", run.path("id").asText()))
                .isEqualTo(stored())
                .hasSize(16);
    }

    /** As soon as somebody gives one back, it is taken. */
    private List<Connection> takeAll() throws SQLException {
        List<Connection> taken = new ArrayList<>();
        while (taken.size() < pool.getMaximumPoolSize()) {
            taken.add(pool.getConnection());
        }
        return taken;
    }

    private double waitedInVain() {
        return meters.get("hikaricp.connections.timeout").counter().count();
    }

    @Test
    void an_answer_that_comes_after_its_time_is_asked_for_again_and_does_no_harm_when_it_comes() {
        try (SourceSimulator own = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");
                HapiServer hapi = HapiServer.start()) {
            own.put(OBSERVATION);
            statusIs(pull(own, PATIENT), "completed");
            hapi.fail(WITH_OBSERVATION, FhirFault.stall(), 1);
            String clinic = caravan.newDestination(caravan.fhirServer("Clinic", hapi.baseUrl(), Map.of()))
                    .ok()
                    .path("id")
                    .asText();

            JsonNode run = caravan.awaitRuns(clinic, 1).get(0);

            statusIs(run, "succeeded");
            counts(run, 2, 2, 0, 0);
            List<FhirRequest> bundles =
                    hapi.bundles().stream().filter(WITH_OBSERVATION).toList();
            assertThat(bundles).hasSizeGreaterThanOrEqualTo(2);
            assertThat(bundles.get(1).body()).isEqualTo(bundles.get(0).body());
            int before = hapi.version("Observation/o1");

            hapi.release();

            Awaitility.await("the late one").until(() -> hapi.version("Observation/o1") > before);
            assertThat(hapi.names()).containsExactlyElementsOf(stored());
        }
    }
}
