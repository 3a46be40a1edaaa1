package io.caravan.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceSimulator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A source with two patients who share a doctor; one of them is to be erased. */
abstract class ErasureCase extends FaultScenario {

    /** Both patients have seen this doctor. */
    static final String SHARED = "Practitioner/doctor";

    final String mark = UUID.randomUUID().toString().substring(0, 8);
    final String patient = "canary-patient-" + mark;
    final String word = "canary-word-" + mark;

    SourceSimulator source;
    String registered;
    String connection;
    String prefix;

    @BeforeEach
    void somebodyElseIsThere() {
        source = SourceSimulator.of(
                "{\"resourceType\":\"Practitioner\",\"id\":\"doctor\"}",
                "{\"resourceType\":\"Patient\",\"id\":\"p2\"}",
                observation("a", "p2", "nothing"),
                observation("z", "p2", "nothing"));
        prefix = "erased-" + caravan.org();
    }

    @AfterEach
    void stop() {
        s3.release();
        source.close();
    }

    void connectBoth() {
        connectBoth("original");
    }

    void connectBoth(String ids) {
        connect("p2", ids);
        connectTheOne();
    }

    void connectTheOne() {
        source.put(
                "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}".formatted(patient, word));
        List.of("m1", "m2", "m3").forEach(id -> source.put(observation(id, patient, word)));
        JsonNode connected = caravan.connect(registered, patient, null).ok();
        connection = connected.path("id").asText();
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
    }

    void connect(String id, String ids) {
        registered = caravan.post(
                        caravan.path("/sources"),
                        Map.of(
                                "name",
                                "General",
                                "fhir_base_url",
                                source.baseUrl().toString(),
                                "ids",
                                ids))
                .ok()
                .path("id")
                .asText();
        JsonNode connected = caravan.connect(registered, id, null).ok();
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
    }

    JsonNode erase() {
        return caravan.post(caravan.path("/connections/" + connection + "/erase"), Map.of())
                .ok();
    }

    JsonNode receipt() {
        return caravan.get(caravan.path("/connections/" + connection + "/erasure"))
                .ok();
    }

    boolean served(String destination) {
        for (JsonNode one : receipt().at("/deletion/destinations")) {
            if (one.path("destination_id").asText().equals(destination)) {
                return one.path("delivered").asBoolean();
            }
        }
        throw new AssertionError("The receipt does not know " + destination);
    }

    void awaitDelivered(String destination) {
        Awaitility.await("the deletion").atMost(Duration.ofSeconds(30)).until(() -> served(destination));
    }

    void enable(String destination, boolean enabled) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", enabled))
                .ok();
    }

    static String observation(String id, String whose, String text) {
        return "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/%s\"},\"performer\":[{\"reference\":\"%s\"}],\"valueString\":\"%s\"}"
                .formatted(id, whose, SHARED, text);
    }
}
