package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SilentServers;
import io.caravan.testing.SourceSimulator;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Destinations that hang, fail or refuse connections leave a healthy one its slots (I9). How long it takes: IsolationBench. */
class IsolationIT extends FaultScenario {

    private static final int EACH = 8;
    private static final int RESOURCES = 16;

    @Value("${caravan.work.slots.item}")
    private int slots;

    private Untested untested;
    private String healthy;

    @Autowired
    void saveBy(Destinations destinations, DestinationForms forms) {
        untested = new Untested(destinations, forms);
    }

    @BeforeEach
    void aHealthyDestination() {
        try (SourceSimulator source = smallSource()) {
            statusIs(pull(source, PATIENT), "completed");
        }
        healthy = newDestination(s3, "lake", "healthy-" + caravan.org());
        statusIs(caravan.awaitRuns(healthy, 1).get(0), "succeeded");
    }

    @Test
    void a_healthy_destination_is_served_while_others_hang_and_refuse_connections() {
        try (SilentServers hanging = SilentServers.start(EACH);
                SilentServers.Closed refusing = new SilentServers.Closed(EACH)) {
            for (int n = 0; n < EACH; n++) {
                save("Hanging " + n, hanging.endpoint(n));
                save("Refusing " + n, refusing.endpoint(n));
            }
            Awaitility.await("all that they may hold").until(() -> hanging.inFlight() == slots / 2);

            JsonNode run = fullRun();

            statusIs(run, "succeeded");
            assertThat(run.at("/resources/delivered").asInt()).isEqualTo(RESOURCES);
            assertThat(hanging.inFlight()).as("they hold them still").isEqualTo(slots / 2);
            assertThat(hanging.mostAtOnce()).isEqualTo(slots / 2);
            assertThat(hanging.mostAtOnceAtOne()).isEqualTo(1);
        }
        awaitEndOfAll();
    }

    @Test
    void destinations_that_are_busy_are_tried_one_item_at_a_time_and_take_no_more_than_their_share() {
        try (SilentServers busy = SilentServers.busy(EACH)) {
            for (int n = 0; n < EACH; n++) {
                save("Busy " + n, busy.endpoint(n));
            }

            JsonNode run = fullRun();

            statusIs(run, "succeeded");
            Awaitility.await("they were tried").until(() -> busy.requests() >= EACH);
            awaitEndOfAll();
            assertThat(busy.mostAtOnce()).isBetween(1, slots / 2);
            assertThat(busy.mostAtOnceAtOne()).isEqualTo(1);
        }
    }

    private void save(String name, URI endpoint) {
        Map<String, Object> body = new HashMap<>(caravan.bucket(name, s3, "anything", "out"));
        Map<String, Object> settings = new HashMap<>(CaravanDriver.settings(body));
        settings.put("endpoint", endpoint.toString());
        body.put("settings", settings);
        untested.save(caravan.org(), name, body);
    }

    private JsonNode fullRun() {
        return caravan.awaitRun(caravan.post(caravan.path("/destinations/" + healthy + "/runs"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText());
    }

    /** So that the scenarios to come find their slots free. */
    private void awaitEndOfAll() {
        caravan.all("/destinations").stream()
                .map(destination -> destination.path("id").asText())
                .filter(id -> !id.equals(healthy))
                .forEach(id -> caravan.patch(caravan.path("/destinations/" + id), Map.of("enabled", false)));
        Awaitility.await("the others' ends")
                .until(() -> caravan.all("/runs").stream()
                        .noneMatch(run -> run.path("status").asText().matches("queued|running")));
    }
}
