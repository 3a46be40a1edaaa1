package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An operator's own profile, as docs/adding-a-vendor-profile.md shows it, in a folder of its own. */
@DirtiesContext
class OwnProfileIT extends FaultScenario {

    @TempDir
    private static Path folder;

    @DynamicPropertySource
    static void profiles(DynamicPropertyRegistry registry) {
        registry.add("caravan.source.profiles", () -> {
            try {
                return Files.writeString(folder.resolve("clinic.yaml"), example())
                        .getParent();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void a_source_is_recognised_and_asked_by_a_profile_from_the_operators_folder() {
        try (SourceSimulator source = smallSource("Clinic FHIR 4.2")) {
            source.put("""
                    {"resourceType":"Observation","id":"lab","status":"final","subject":{"reference":"Patient/p1"},\
                    "category":[{"coding":[{"code":"laboratory"}]}]}""");
            JsonNode pull = pull(source, PATIENT);

            statusIs(pull, "completed");
            assertThat(caravan.get(caravan.path(
                                    "/sources/" + pull.path("source_id").asText()))
                            .ok()
                            .path("detected_profile")
                            .asText())
                    .isEqualTo("clinic");
            assertThat(source.requests(request -> request.isSearch("Observation")))
                    .extracting(SourceRequest::rawQuery)
                    .containsExactlyInAnyOrder(
                            "patient=p1&category=laboratory&_count=100&_revinclude=Provenance:target",
                            "patient=p1&category=vital-signs&_count=100&_revinclude=Provenance:target");
            assertThat(stored()).hasSize(17).contains("Observation/lab");
        }
        assertThat(caravan.get(caravan.path("/source-profiles")).ok().findValuesAsText("name"))
                .containsExactly("cerner", "clinic", "default", "epic", "hapi", "smart");
    }

    private static String example() throws IOException {
        return Pattern.compile("(?s)```yaml\n(.*?)```")
                .matcher(Files.readString(Path.of("docs/adding-a-vendor-profile.md")))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1)
                .stripIndent();
    }
}
