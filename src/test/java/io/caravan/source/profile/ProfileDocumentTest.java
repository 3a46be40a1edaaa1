package io.caravan.source.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written about profiles for people and for their editors names the keys that there are, and its example works. */
class ProfileDocumentTest {

    private static final Path DOCUMENT = Path.of("docs/adding-a-vendor-profile.md");
    private static final Path PROFILES = Path.of("src/main/resources/sources");

    @TempDir
    private Path folder;

    @Test
    void the_table_explains_each_key_once_in_the_order_of_the_record() throws IOException {
        List<String> explained = Pattern.compile("(?m)^\\| `([^`]+)` \\| \\S.*\\|$")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(explained).isEqualTo(ProfileKeys.all());
    }

    @Test
    void the_schema_has_the_same_keys_and_no_others() throws IOException {
        JsonNode schema = schemaJson();
        List<String> keys = new ArrayList<>();
        keys("", schema, keys);

        assertThat(keys).isEqualTo(ProfileKeys.all());
    }

    static List<Path> builtIn() throws IOException {
        try (var files = Files.list(PROFILES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void the_built_in_profiles_fit_the_schema(Path file) throws IOException {
        assertThat(schema().validate(new YAMLMapper().readTree(file.toFile()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "page_sizes: 7",
                "page_size: many",
                "limits: {rate: 7}",
                "last_updated: {overlap: 5 minutes}",
                "last_updated: {supported: maybe}",
                "queries: {leave_out: Observation}",
                "queries: {types: {Observation: {category: x}}}",
                "provenance: perhaps",
                "ids: own",
            })
    void what_the_reader_refuses_does_not_fit_the_schema(String yaml) throws IOException {
        JsonNode profile = new YAMLMapper().readTree("name: bad\ndescription: Not good\n" + yaml + "\n");

        assertThat(schema().validate(profile)).isNotEmpty();
    }

    @Test
    void the_example_is_a_profile() throws IOException {
        Files.writeString(folder.resolve("clinic.yaml"), example());

        SourceProfile clinic = ProfileFiles.with(folder).detect("Clinic FHIR 4.2", "", "");

        assertThat(clinic.name()).isEqualTo("clinic");
        assertThat(clinic.queries().of("Observation").parameters()).hasSize(2);
    }

    /** The first block of YAML, as an operator would copy it. */
    static String example() throws IOException {
        return Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1)
                .stripIndent();
    }

    private static void keys(String prefix, JsonNode object, List<String> keys) {
        assertThat(object.path("additionalProperties").asBoolean(true))
                .as("more keys at %s", prefix)
                .isFalse();
        object.path("properties").properties().forEach(property -> {
            JsonNode value = property.getValue();
            String key = prefix + property.getKey();
            if (value.has("properties")) {
                keys(key + ".", value, keys);
            } else if (value.path("additionalProperties").has("properties")) {
                keys(key + ".<Type>.", value.get("additionalProperties"), keys);
            } else {
                keys.add(key);
            }
        });
    }

    private static JsonNode schemaJson() throws IOException {
        return new ObjectMapper().readTree(PROFILES.resolve("schema.json").toFile());
    }

    private static JsonSchema schema() throws IOException {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schemaJson());
    }
}
