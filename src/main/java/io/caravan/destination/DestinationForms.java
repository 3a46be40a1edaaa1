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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** Settings and credentials as a form sends them, read as the type of destination that they are for. */
@Component
public class DestinationForms {

    private static final String OBJECT_STORAGE = "object_storage";
    private static final Set<String> SETTINGS = Set.of(
            "cloud_vendor",
            "endpoint",
            "region",
            "bucket",
            "prefix",
            "file_type",
            "path_style",
            "checksum_mode",
            "target_file_size");
    private static final Set<String> CREDENTIALS = Set.of("access_key", "secret", "session_token");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** The types of destination there are, each with its settings and credentials as JSON Schema. */
    public List<JsonNode> types() {
        try (InputStream form = new ClassPathResource("forms/object_storage.json").getInputStream()) {
            return List.of(JSON.readTree(form));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read a form", e);
        }
    }

    /** The settings of a destination of {@code type}; unknown fields are 400, wrong values 422. */
    public DestinationSettings settings(String type, JsonNode form) {
        requireKnown(type);
        if (form == null || !form.isObject()) {
            throw CaravanException.invalidField("settings", "must be an object");
        }
        form.fieldNames().forEachRemaining(name -> requireOneOf(SETTINGS, "settings", name));
        try {
            return JSON.treeToValue(form, ObjectStorageSettings.class);
        } catch (JsonMappingException e) {
            throw e.getCause() instanceof CaravanException refused ? refused : mistyped(e);
        } catch (JsonProcessingException e) {
            throw CaravanException.invalidField("settings", "cannot be read");
        }
    }

    /** The credentials of a destination of {@code type}. */
    public DestinationCredentials credentials(String type, Map<String, Secret> form) {
        requireKnown(type);
        Map<String, Secret> given = form == null ? Map.of() : form;
        given.keySet().forEach(name -> requireOneOf(CREDENTIALS, "credentials", name));
        Secret accessKey = given.get("access_key");
        return new DestinationCredentials(
                accessKey == null ? null : accessKey.reveal(), given.get("secret"), given.get("session_token"));
    }

    /** As it is stored: {@code jsonb} of {@code destination.settings}. */
    String write(DestinationSettings settings) {
        try {
            return JSON.writerFor(ObjectStorageSettings.class).writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Settings cannot be written", e);
        }
    }

    /** As it was stored. */
    public DestinationSettings read(String stored) {
        try {
            return JSON.readValue(stored, ObjectStorageSettings.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored settings cannot be read", e);
        }
    }

    private static void requireKnown(String type) {
        if ("fhir".equals(type)) {
            throw CaravanException.invalidField("type", "fhir is not available yet in this version");
        }
        if (!OBJECT_STORAGE.equals(type)) {
            throw CaravanException.invalidField("type", "must be one of object_storage");
        }
    }

    private static void requireOneOf(Set<String> known, String form, String name) {
        if (!known.contains(name)) {
            String field = form + "." + name;
            throw new CaravanException(
                    ErrorCode.INVALID_REQUEST,
                    field + " is not known.",
                    List.of(new FieldError(field, "is not known")));
        }
    }

    private static CaravanException mistyped(JsonMappingException e) {
        String field = e.getPath().isEmpty() ? "" : "." + e.getPath().get(0).getFieldName();
        return CaravanException.invalidField("settings" + field, "has the wrong type");
    }
}
