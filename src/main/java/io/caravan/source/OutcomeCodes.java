package io.caravan.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The codes with which a source explains a refusal: those of an OperationOutcome's {@code issue.details.coding}; pure. */
final class OutcomeCodes {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CODE = "[A-Za-z0-9_.-]{1,64}";
    private static final int MOST = 10;

    private OutcomeCodes() {}

    /** In their order; none where the body is no OperationOutcome, or has none. */
    static List<String> of(byte[] body) {
        try {
            JsonNode outcome = JSON.readTree(body);
            if (outcome == null || !outcome.path("resourceType").asText().equals("OperationOutcome")) {
                return List.of();
            }
            return elements(outcome.path("issue"))
                    .flatMap(issue -> elements(issue.path("details").path("coding")))
                    .map(coding -> coding.path("code").asText())
                    .filter(code -> code.matches(CODE))
                    .limit(MOST)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
