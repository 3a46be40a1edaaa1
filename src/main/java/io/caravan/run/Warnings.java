package io.caravan.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.StreamSupport;

/** Reads a column of warnings: a JSON array of texts, or of objects with a code and a message. */
final class Warnings {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Warnings() {}

    static List<String> of(String column) {
        try {
            return StreamSupport.stream(JSON.readTree(column).spliterator(), false)
                    .map(Warnings::text)
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored warnings cannot be read", e);
        }
    }

    private static String text(JsonNode warning) {
        return warning.isTextual() ? warning.asText() : warning.path("message").asText();
    }
}
