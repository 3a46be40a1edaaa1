package io.caravan.destination;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.caravan.support.CaravanException;
import io.caravan.support.CaravanException.FieldError;
import io.caravan.support.ErrorCode;
import io.caravan.support.secret.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** Settings and credentials as a form sends them, read as the type of destination that they are for. */
@Component
public class DestinationForms {

    /** In the order in which they are offered. */
    private static final List<String> TYPES = List.of("object_storage", "fhir", "file");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private final List<JsonNode> forms;

    /** Directories are offered only where the operator has set their root. */
    DestinationForms(FileRoot root) {
        forms = TYPES.stream()
                .filter(type -> root.present() || !type.equals("file"))
                .map(DestinationForms::load)
                .toList();
    }

    /** The types of destination there are, each with its settings and credentials as JSON Schema. */
    public List<JsonNode> types() {
        return forms;
    }

    /** The settings of a destination of {@code type}; unknown fields are 400, wrong values 422. */
    public DestinationSettings settings(String type, JsonNode form) {
        JsonNode schema = form(type).path("settings");
        if (form == null || !form.isObject()) {
            throw CaravanException.invalidField("settings", "must be an object");
        }
        requireKnown(schema, "settings", form.fieldNames());
        try {
            return JSON.treeToValue(form, settingsOf(type));
        } catch (JsonMappingException e) {
            throw e.getCause() instanceof CaravanException refused ? refused : mistyped(e);
        } catch (JsonProcessingException e) {
            throw CaravanException.invalidField("settings", "cannot be read");
        }
    }

    /** The credentials of a destination of {@code type}. */
    public DestinationCredentials credentials(String type, Map<String, Secret> form) {
        JsonNode schema = form(type).path("credentials");
        Map<String, Secret> given = form == null ? Map.of() : form;
        requireKnown(schema, "credentials", given.keySet().iterator());
        return switch (type) {
            case "fhir" ->
                new FhirCredentials(
                        open(given, "auth"),
                        given.get("token"),
                        open(given, "token_endpoint"),
                        open(given, "client_id"),
                        given.get("client_secret"),
                        open(given, "scope"),
                        open(given, "client_auth"));
            case "file" -> new NoCredentials();
            default ->
                new StorageCredentials(
                        open(given, "access_key"),
                        given.get("secret"),
                        given.get("session_token"),
                        given.get("sas_token"),
                        given.get("service_account_json"));
        };
    }

    /** As it is stored: {@code jsonb} of {@code destination.settings}. */
    String write(DestinationSettings settings) {
        try {
            return JSON.writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Settings cannot be written", e);
        }
    }

    /** As it was stored, of a destination of {@code type}. */
    public DestinationSettings read(String type, String stored) {
        try {
            return JSON.readValue(stored, settingsOf(type));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored settings cannot be read", e);
        }
    }

    private static Class<? extends DestinationSettings> settingsOf(String type) {
        return switch (type) {
            case "fhir" -> FhirSettings.class;
            case "file" -> FileSettings.class;
            default -> ObjectStorageSettings.class;
        };
    }

    private static JsonNode load(String type) {
        try (InputStream form = new ClassPathResource("forms/" + type + ".json").getInputStream()) {
            return JSON.readTree(form);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read a form", e);
        }
    }

    private JsonNode form(String type) {
        return forms.stream()
                .filter(form -> form.path("type").asText().equals(type))
                .findFirst()
                .orElseThrow(() -> CaravanException.invalidField("type", notOffered(type)));
    }

    private String notOffered(String type) {
        return "file".equals(type)
                ? "may be file only if " + FileRoot.advice()
                : "must be one of "
                        + String.join(
                                ", ",
                                forms.stream()
                                        .map(form -> form.path("type").asText())
                                        .toList());
    }

    /** What the schema does not know is a slip of the pen, and would be ignored. */
    private static void requireKnown(JsonNode schema, String form, Iterator<String> names) {
        while (names.hasNext()) {
            String name = names.next();
            if (!schema.path("properties").has(name)) {
                String field = form + "." + name;
                throw new CaravanException(
                        ErrorCode.INVALID_REQUEST,
                        field + " is not known.",
                        List.of(new FieldError(field, "is not known")));
            }
        }
    }

    private static String open(Map<String, Secret> form, String name) {
        return DestinationCredentials.revealed(form.get(name));
    }

    private static CaravanException mistyped(JsonMappingException e) {
        String field = e.getPath().isEmpty() ? "" : "." + e.getPath().get(0).getFieldName();
        return CaravanException.invalidField("settings" + field, "has the wrong type");
    }
}
