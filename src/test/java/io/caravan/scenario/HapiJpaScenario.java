package io.caravan.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.FhirRelay;
import io.caravan.testing.HapiJpaServer;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** Delivery to HAPI FHIR's JPA server, which refuses what refers to something that is not there (see CONTRIBUTING.md). */
abstract class HapiJpaScenario extends FaultScenario {

    static final String JAR = "caravan.hapi-jpa";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeEach
    void withPatience() {
        caravan = new CaravanDriver(URI.create("http://127.0.0.1:" + port), OPERATOR_KEY, Duration.ofMinutes(8))
                .as(caravan.org());
    }

    static HapiJpaServer startServer(Path folder) {
        return HapiJpaServer.start(Path.of(System.getProperty(JAR)), folder);
    }

    /** The connections of all patients of the source, each pulled whole. */
    List<String> pullEverybody(SourceSimulator source) {
        String id = caravan.newSource("General", source.baseUrl()).path("id").asText();
        List<String> connections = new ArrayList<>();
        List<String> pulls = new ArrayList<>();
        for (String patient : source.patients()) {
            JsonNode connected = caravan.connect(id, patient, null).ok();
            connections.add(connected.path("id").asText());
            pulls.add(connected.at("/latest_pull/id").asText());
        }
        pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));
        return connections;
    }

    String destination(FhirRelay relay, Map<String, Object> settings) {
        return caravan.newDestination(caravan.fhirServer("Clinic", relay.baseUrl(), settings))
                .ok()
                .path("id")
                .asText();
    }

    /** {@code Type/id} of every entry that was posted, in the order of arrival, without the probe of the test. */
    static List<String> sentNames(FhirRelay relay) {
        return relay.bundles().stream()
                .flatMap(bundle -> bundle.entries().stream())
                .filter(name -> !name.contains("caravan-probe"))
                .toList();
    }

    /** What the server itself answers, whatever stands before it. */
    static HttpResponse<byte[]> ask(HapiJpaServer hapi, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(hapi.baseUrl() + "/" + path))
                .header("Accept", "application/fhir+json")
                .header("Content-Type", "application/fhir+json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
