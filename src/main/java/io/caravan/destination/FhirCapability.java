package io.caravan.destination;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What a server's CapabilityStatement says of writing; pure. Servers leave things out, so that only what it says is held
 * against it: the probe shows the rest.
 *
 * @param updated types that it says can be updated
 * @param types how many types it speaks of
 * @param interactions with the system: {@code batch}, {@code transaction} …
 */
record FhirCapability(
        String resourceType,
        String version,
        String software,
        List<String> updated,
        int types,
        List<String> interactions) {

    /** Nothing that a clinic would miss: kinds of resources that a probe may be, the least telling first. */
    private static final List<String> PROBES = List.of("Basic", "Organization", "Practitioner", "Location", "Patient");

    static FhirCapability of(JsonNode statement) {
        List<String> updated = new ArrayList<>();
        int types = 0;
        JsonNode server = server(statement);
        for (JsonNode resource : server.path("resource")) {
            types++;
            if (codes(resource).contains("update")) {
                updated.add(resource.path("type").asText());
            }
        }
        JsonNode software = statement.path("software");
        return new FhirCapability(
                statement.path("resourceType").asText(),
                statement.path("fhirVersion").asText(),
                word(software.path("name")) + word(software.path("version")),
                List.copyOf(updated),
                types,
                codes(server));
    }

    private static JsonNode server(JsonNode statement) {
        return StreamSupport.stream(statement.path("rest").spliterator(), false)
                .filter(rest -> rest.path("mode").asText("server").equals("server"))
                .findFirst()
                .orElse(statement.path("rest").path(0));
    }

    private static List<String> codes(JsonNode of) {
        return StreamSupport.stream(of.path("interaction").spliterator(), false)
                .map(interaction -> interaction.path("code").asText())
                .toList();
    }

    private static String word(JsonNode text) {
        String line = text.asText().replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        return line.isEmpty() ? "" : ", " + (line.length() > 100 ? line.substring(0, 100) : line);
    }

    String probeType() {
        return PROBES.stream().filter(updated::contains).findFirst().orElse(PROBES.get(0));
    }

    /** @throws StepFailed where it says that records cannot be written here */
    Found found(String writeMode) throws StepFailed {
        if (!resourceType.equals("CapabilityStatement")) {
            throw new StepFailed(
                    "What it answers is no CapabilityStatement.", "The base URL must be that of a FHIR R4 API.");
        }
        if (!version.matches("4\\.0(\\.\\d+)?(-.*)?")) {
            throw new StepFailed(
                    version.isEmpty() ? "It does not say which FHIR version it is." : "It is FHIR " + shown() + ".",
                    "Caravan writes FHIR R4 (4.0.1): use the server's R4 base URL.");
        }
        if (types > 0 && updated.isEmpty()) {
            throw new StepFailed(
                    "It lets nobody update resources.",
                    "Use a server that takes updates, or allow them for this client.");
        }
        String says = "FHIR %s%s.".formatted(version, software);
        boolean offered = interactions.contains(writeMode) || interactions.contains("transaction");
        return offered
                ? Found.passed(says)
                : Found.warning(
                        says + " It does not say that it takes bundles in a " + writeMode + ".",
                        "The next step tries it.");
    }

    private String shown() {
        return version.matches("[\\w.-]{1,20}") ? version : "of an unknown version";
    }
}
