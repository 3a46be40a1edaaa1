package io.caravan.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.caravan.api.ApiTest.Answer;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;

/** The contract as a test reads it: an answer must be one that it describes, without a field that it does not name. */
final class Contract {

    private static final String BASE = "/api/v1";
    private static final Map<String, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();
    private static final JsonNode DOCUMENT = read();

    private Contract() {}

    static JsonNode document() {
        return DOCUMENT;
    }

    /** The operations by method and path, such as {@code GET /api/v1/organizations}. */
    static Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : DOCUMENT.at("/paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (!operation.getKey().equals("parameters")) {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    operations.put(method + " " + BASE + path.getKey(), operation.getValue());
                }
            }
        }
        return operations;
    }

    /** Fails where the answer to this request is none that the contract has; a path it does not have is not its own. */
    static void check(String method, String path, Answer answer) {
        operation(method + " " + path.replaceFirst("\\?.*", "")).ifPresent(operation -> {
            JsonNode responses = operation.at("/responses");
            String status = Integer.toString(answer.status());
            JsonNode response = responses.has(status) ? responses.get(status) : responses.get("default");
            assertThat(answer.status() < 400 && !responses.has(status))
                    .as("%s %s answers %s, which the contract does not have", method, path, status)
                    .isFalse();
            check(resolve(response), answer, method + " " + path + " " + status);
        });
    }

    private static void check(JsonNode response, Answer answer, String what) {
        String type = answer.status() < 400 ? "application/json" : "application/problem+json";
        JsonNode content = response.path("content");
        if (content.has("application/yaml")) {
            return;
        }
        JsonNode schema = content.path(type).path("schema");
        if (schema.isMissingNode()) {
            assertThat(answer.raw().body()).as(what).isEmpty();
            return;
        }
        assertThat(schema(schema.get("$ref").asText()).validate(answer.body()))
                .as(what)
                .isEmpty();
    }

    private static Optional<JsonNode> operation(String request) {
        return operations().entrySet().stream()
                .filter(operation ->
                        Pattern.matches(operation.getKey().replaceAll("\\{[a-z]+}", "[a-z]+_[0-9a-f]{32}"), request))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static JsonSchema schema(String ref) {
        return SCHEMAS.computeIfAbsent(ref, name -> {
            ObjectNode schema = new ObjectMapper().createObjectNode().put("$ref", name);
            schema.set("components", DOCUMENT.get("components"));
            return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema);
        });
    }

    private static JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static JsonNode read() {
        try {
            JsonNode document =
                    new YAMLMapper().readTree(new ClassPathResource("openapi/caravan.yaml").getInputStream());
            close(document.at("/components/schemas"));
            return document;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Callers must bear fields that are added; the test must not. */
    private static void close(JsonNode node) {
        node.forEach(Contract::close);
        if (node instanceof ObjectNode schema && schema.path("properties").isObject() && schema.has("type")) {
            schema.put("additionalProperties", false);
        }
    }
}
