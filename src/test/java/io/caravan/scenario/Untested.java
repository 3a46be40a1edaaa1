package io.caravan.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.destination.DestinationDraft;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.support.secret.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Saves destinations without the test that comes before it over HTTP; bodies are those of the API. */
record Untested(Destinations destinations, DestinationForms forms) {

    private static final ObjectMapper JSON = new ObjectMapper();

    void save(String org, String name, Map<String, Object> body) {
        String type = body.get("type").toString();
        JsonNode settings = JSON.valueToTree(body.get("settings"));
        Map<String, Secret> credentials = ((Map<?, ?>) body.get("credentials"))
                .entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().toString(),
                                entry -> Secret.of(entry.getValue().toString())));
        destinations.create(new DestinationDraft(
                org, name, type, forms.settings(type, settings), forms.credentials(type, credentials)));
    }

    static Map<String, Object> store(
            String vendor, Object endpoint, String bucket, Map<String, ? extends Object> credentials) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("cloud_vendor", vendor);
        settings.put("endpoint", endpoint.toString());
        settings.put("bucket", bucket);
        settings.put("prefix", "out");
        settings.put("file_type", "ndjson");
        return Map.of("type", "object_storage", "name", "Lake", "settings", settings, "credentials", credentials);
    }
}
