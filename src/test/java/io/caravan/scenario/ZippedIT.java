package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Zipped NDJSON: the same lines as without, in as few objects as the target size allows. */
class ZippedIT extends CaravanScenario {

    @Test
    void the_sample_in_archives_holds_the_same_lines_as_the_sample_in_files() throws Exception {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            pullEverybody(source);
            JsonNode files = deliver("files", "ndjson", null);
            JsonNode zipped = deliver("zipped", "ndjson_zip", 4 << 20);

            assertThat(zipped.path("status").asText()).isEqualTo("succeeded");
            assertThat(zipped.path("resources").path("delivered").asInt()).isEqualTo(8_392);
            List<String> archives = keys("zipped", zipped, ".zip");
            assertThat(archives)
                    .hasSizeBetween(4, 8)
                    .hasSize(zipped.path("files").asInt());
            Map<String, List<String>> entries = new HashMap<>();
            for (String archive : archives) {
                Path file = s3.file("lake", archive);
                assertThat(unzipTest(file)).contains("No errors detected");
                entries.putAll(entriesOf(file));
            }
            List<String> linesInFiles = new ArrayList<>();
            keys("files", files, ".ndjson").forEach(key -> linesInFiles.addAll(s3.lines("lake", key)));
            assertThat(entries.values().stream().flatMap(List::stream).toList())
                    .containsExactlyInAnyOrderElementsOf(linesInFiles);
            entries.forEach((name, lines) -> lines.forEach(line -> assertThat(name)
                    .matches(CaravanDriver.parse(line).path("resourceType").asText() + "-\\d{4}\\.ndjson")));
            manifestSaysTheSame(zipped, entries);
        }
    }

    @Test
    void two_thousand_records_of_many_types_make_one_object() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            List<String> two = source.patients().subList(0, 4);
            String sourceId =
                    caravan.newSource("Few", source.baseUrl()).path("id").asText();
            two.forEach(patient -> caravan.awaitPull(caravan.connect(sourceId, patient, null)
                    .ok()
                    .path("latest_pull")
                    .path("id")
                    .asText()));
            JsonNode run = deliver("one", "ndjson_zip", null);

            assertThat(run.path("resources").path("delivered").asInt()).isGreaterThan(1_500);
            assertThat(run.path("types").size()).isGreaterThanOrEqualTo(20);
            assertThat(keys("one", run, "")).hasSize(2).anyMatch(key -> key.endsWith("/part-1.zip"));
        }
    }

    private void pullEverybody(SourceSimulator source) {
        String id = caravan.newSource("All", source.baseUrl()).path("id").asText();
        List<String> pulls = source.patients().stream()
                .map(patient -> caravan.connect(id, patient, null)
                        .ok()
                        .path("latest_pull")
                        .path("id")
                        .asText())
                .toList();
        pulls.forEach(caravan::awaitPull);
    }

    @SuppressWarnings("unchecked")
    private JsonNode deliver(String name, String fileType, Integer targetSize) {
        Map<String, Object> body = new HashMap<>(caravan.bucket(name, s3, "lake", name + caravan.org()));
        Map<String, Object> settings = new HashMap<>((Map<String, Object>) body.get("settings"));
        settings.put("file_type", fileType);
        if (targetSize != null) {
            settings.put("target_file_size", targetSize);
        }
        body.put("settings", settings);
        String destination = caravan.newDestination(body).ok().path("id").asText();
        String run = caravan.awaitRuns(destination, 1).get(0).path("id").asText();
        return caravan.run(run);
    }

    private List<String> keys(String name, JsonNode run, String suffix) {
        return s3.keys("lake", name + caravan.org() + "/" + run.path("id").asText() + "/").stream()
                .filter(key -> key.endsWith(suffix))
                .toList();
    }

    private void manifestSaysTheSame(JsonNode run, Map<String, List<String>> entries) {
        JsonNode manifest = CaravanDriver.parse(
                new String(s3.bytes("lake", keys("zipped", run, "manifest.json").get(0)), StandardCharsets.UTF_8));
        Map<String, Integer> counts = new HashMap<>();
        manifest.path("output")
                .forEach(o ->
                        counts.put(o.path("entry").asText(), o.path("count").asInt()));
        assertThat(new TreeSet<>(counts.keySet())).isEqualTo(new TreeSet<>(entries.keySet()));
        counts.forEach((entry, count) -> assertThat(entries.get(entry)).hasSize(count));
    }

    private static Map<String, List<String>> entriesOf(Path archive) throws IOException {
        Map<String, List<String>> found = new HashMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
                    found.put(entry.getName(), lines.lines().toList());
                }
            }
        }
        return found;
    }

    /** What somebody else's {@code unzip -t} thinks of it; the JDK's {@code jar} where there is no unzip. */
    private static String unzipTest(Path archive) throws Exception {
        Path unzip = Path.of("/usr/bin/unzip");
        List<String> command = Files.isExecutable(unzip)
                ? List.of(unzip.toString(), "-t", archive.toString())
                : List.of(Path.of(System.getProperty("java.home"), "bin", "jar").toString(), "tf", archive.toString());
        Process test = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return test.waitFor() == 0 ? "No errors detected" : said;
    }
}
