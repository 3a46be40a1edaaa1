package io.caravan.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Camel's own JSON schema of its YAML language, as the running version of Camel ships it. */
final class RouteSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonSchema schema;

    RouteSchema() {
        try (InputStream in = RouteSchema.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the schema refuses, each as {@code file:line path: reason}, in the order of the file. */
    List<String> violations(RouteFile file) {
        Set<ValidationMessage> messages = schema.validate(tree(file));
        return messages.stream()
                .map(m -> new Finding(
                        RouteFile.line(file.find(path(m))),
                        "%s: %s".formatted(m.getInstanceLocation(), m.getError()) + property(m)))
                .sorted()
                .distinct()
                .map(f -> "%s:%d %s".formatted(file.name(), f.line(), f.text()))
                .toList();
    }

    private record Finding(int line, String text) implements Comparable<Finding> {

        @Override
        public int compareTo(Finding other) {
            return line != other.line ? Integer.compare(line, other.line) : text.compareTo(other.text);
        }
    }

    private static String property(ValidationMessage message) {
        return message.getProperty() == null || message.getError().contains(message.getProperty())
                ? ""
                : " (" + message.getProperty() + ")";
    }

    /** Down to the property that is too many, for that is the line to look at. */
    private static List<Object> path(ValidationMessage message) {
        List<Object> path = new ArrayList<>();
        JsonNodePath location = message.getInstanceLocation();
        for (int i = 0; i < location.getNameCount(); i++) {
            path.add(location.getElement(i));
        }
        if (message.getProperty() != null) {
            path.add(message.getProperty());
        }
        return path;
    }

    private static JsonNode tree(RouteFile file) {
        try (Reader reader = Files.newBufferedReader(file.path())) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            return JSON.valueToTree(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
