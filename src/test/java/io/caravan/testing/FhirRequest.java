package io.caravan.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One request that reached a {@link HapiServer}.
 *
 * @param path below the base, without a slash before it
 * @param headers by lower-case name
 * @param body as it came; empty where there is none
 * @param status what was answered, or would have been where the answer was lost; 0 while it waits
 */
public record FhirRequest(
        Instant at, String method, String path, Map<String, String> headers, byte[] body, int status) {

    public boolean bundle() {
        return method.equals("POST") && path.isEmpty();
    }

    public JsonNode json() {
        return CaravanDriver.parse(new String(body, StandardCharsets.UTF_8));
    }

    /** {@code Type/id} of each entry of a bundle, in its order. */
    public List<String> entries() {
        List<String> entries = new ArrayList<>();
        if (bundle()) {
            json().path("entry")
                    .forEach(entry -> entries.add(entry.at("/request/url").asText()));
        }
        return entries;
    }

    /** The text of each resource of a bundle as it came, by {@code Type/id}. */
    public Map<String, String> resources() {
        List<String> names = entries();
        Map<String, String> resources = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(body)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.START_OBJECT && "resource".equals(parser.currentName())) {
                    int from = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    int to = (int) parser.currentLocation().getByteOffset();
                    resources.put(
                            names.get(resources.size()), new String(body, from, to - from, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return resources;
    }

    FhirRequest withoutBody() {
        return new FhirRequest(at, method, path, headers, new byte[0], status);
    }

    FhirRequest answered(int answer) {
        return new FhirRequest(at, method, path, headers, body, answer);
    }
}
