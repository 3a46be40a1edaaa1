package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Whatever the type of file: the same lines, in as few objects as the target size allows. */
class FileTypesIT extends CaravanScenario {

    private static final int MEBIBYTE = 1 << 20;

    @Test
    void the_sample_holds_the_same_lines_in_every_type_of_file() throws Exception {
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
            gzipFilesHold(linesInFiles);
        }
    }

    /** As {@code gunzip} and the JDK read them. */
    private void gzipFilesHold(List<String> linesInFiles) throws Exception {
        JsonNode run = deliver("gzip", "ndjson_gz", MEBIBYTE);

        assertThat(run.path("status").asText()).isEqualTo("succeeded");
        List<String> lines = new ArrayList<>();
        long bytes = 0;
        Map<String, JsonNode> listed = new HashMap<>();
        JsonNode manifest = manifest("gzip", run);
        manifest.path("output").forEach(output -> listed.put(output.path("url").asText(), output));
        for (String key : keys("gzip", run, ".gz")) {
            byte[] object = s3.bytes("lake", key);
            List<String> found = linesOfGzip(object);
            JsonNode output = listed.remove(key.substring(key.lastIndexOf('/') + 1));
            assertThat(output.path("url").asText()).matches(output.path("type").asText() + "-\\d{4}\\.ndjson\\.gz");
            assertThat(output.path("count").asInt()).isEqualTo(found.size());
            assertThat(output.path("size").asInt()).isEqualTo(object.length);
            assertThat(output.path("sha256").asText()).isEqualTo(sha256(object));
            lines.addAll(found);
            bytes += object.length;
        }
        assertThat(listed).isEmpty();
        assertThat(keys("gzip", run, ""))
                .hasSize(run.path("files").asInt() + 1)
                .allMatch(key -> key.endsWith(".ndjson.gz") || key.endsWith("/manifest.json"));
        assertThat(lines).containsExactlyInAnyOrderElementsOf(linesInFiles);
        assertThat(run.path("bytes").asLong()).isEqualTo(bytes).isLessThan(utf8(linesInFiles) / 3);
        Path one = s3.file("lake", keys("gzip", run, ".gz").get(0));
        assertThat(said("/usr/bin/gunzip", "-tv", one.toString())).contains("OK");
    }

    @Test
    void a_small_target_makes_several_files_and_none_is_larger_but_for_a_single_record() throws Exception {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            source.put(large(source.patients().get(0)));
            pullFour(source);
            Map<String, List<String>> plain = new HashMap<>();
            for (String key : keys("small", deliver("small", "ndjson", MEBIBYTE), ".ndjson")) {
                plain.put(key, s3.lines("lake", key));
            }
            Map<String, List<String>> gzip = new HashMap<>();
            for (String key : keys("small-gz", deliver("small-gz", "ndjson_gz", MEBIBYTE), ".gz")) {
                gzip.put(key, linesOfGzip(s3.bytes("lake", key)));
            }
            JsonNode zipped = deliver("small-zip", "ndjson_zip", MEBIBYTE);
            Map<String, List<String>> archives = new HashMap<>();
            for (String key : keys("small-zip", zipped, ".zip")) {
                archives.put(
                        key,
                        entriesOf(s3.file("lake", key)).values().stream()
                                .flatMap(List::stream)
                                .toList());
            }

            for (Map<String, List<String>> objects : List.of(plain, gzip, archives)) {
                assertThat(objects).hasSizeGreaterThan(2);
                assertThat(objects)
                        .allSatisfy((key, lines) -> assertThat(lines.size() == 1 || utf8(lines) <= MEBIBYTE)
                                .as("%s has %d lines and %d bytes", key, lines.size(), utf8(lines))
                                .isTrue());
                assertThat(objects)
                        .anySatisfy((key, lines) -> assertThat(lines)
                                .singleElement()
                                .satisfies(line -> assertThat(line).hasSizeGreaterThan(MEBIBYTE)));
                assertThat(objects.values().stream().flatMap(List::stream).sorted())
                        .containsExactlyElementsOf(plain.values().stream()
                                .flatMap(List::stream)
                                .sorted()
                                .toList());
            }
            assertThat(plain.keySet().stream().filter(key -> key.contains("/Observation-")))
                    .as("the files of one type")
                    .hasSizeGreaterThan(1);
        }
    }

    private static long utf8(List<String> lines) {
        return lines.stream()
                .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length + 1)
                .sum();
    }

    @Test
    void two_thousand_records_of_many_types_make_one_object() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            pullFour(source);
            JsonNode run = deliver("one", "ndjson_zip", null);

            assertThat(run.path("resources").path("delivered").asInt()).isGreaterThan(1_500);
            assertThat(run.path("types").size()).isGreaterThanOrEqualTo(20);
            assertThat(keys("one", run, "")).hasSize(2).anyMatch(key -> key.endsWith("/part-1.zip"));
        }
    }

    /** A record that no file of a MiB can hold, between others of its type. */
    private static String large(String patient) {
        return """
                {"resourceType": "Observation", "id": "5-large", "status": "final", "code": {"text": "long"},
                 "subject": {"reference": "Patient/%s"}, "note": [{"text": "%s"}]}""".formatted(patient, "x".repeat(MEBIBYTE + MEBIBYTE / 2));
    }

    private void pullEverybody(SourceSimulator source) {
        pull(source, source.patients());
    }

    private void pullFour(SourceSimulator source) {
        pull(source, source.patients().subList(0, 4));
    }

    private void pull(SourceSimulator source, List<String> patients) {
        String id = caravan.newSource("All", source.baseUrl()).path("id").asText();
        List<String> pulls = patients.stream()
                .map(patient -> caravan.connect(id, patient, null)
                        .ok()
                        .path("latest_pull")
                        .path("id")
                        .asText())
                .toList();
        pulls.forEach(caravan::awaitPull);
    }

    private JsonNode deliver(String name, String fileType, Integer targetSize) {
        Map<String, Object> body = new HashMap<>(caravan.bucket(name, s3, "lake", name + caravan.org()));
        Map<String, Object> settings = new HashMap<>(CaravanDriver.settings(body));
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
        JsonNode manifest = manifest("zipped", run);
        Map<String, Integer> counts = new HashMap<>();
        manifest.path("output")
                .forEach(o ->
                        counts.put(o.path("entry").asText(), o.path("count").asInt()));
        assertThat(new TreeSet<>(counts.keySet())).isEqualTo(new TreeSet<>(entries.keySet()));
        counts.forEach((entry, count) -> assertThat(entries.get(entry)).hasSize(count));
    }

    private JsonNode manifest(String name, JsonNode run) {
        return CaravanDriver.parse(
                new String(s3.bytes("lake", keys(name, run, "manifest.json").get(0)), StandardCharsets.UTF_8));
    }

    private static List<String> linesOfGzip(byte[] object) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(object)), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
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

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** What somebody else's {@code unzip -t} thinks of it; the JDK's {@code jar} where there is no unzip. */
    private static String unzipTest(Path archive) throws Exception {
        Path unzip = Path.of("/usr/bin/unzip");
        List<String> command = Files.isExecutable(unzip)
                ? List.of(unzip.toString(), "-t", archive.toString())
                : List.of(Path.of(System.getProperty("java.home"), "bin", "jar").toString(), "tf", archive.toString());
        return said(command.toArray(String[]::new));
    }

    /** What a program writes; "No errors detected" besides where it ends well. */
    private static String said(String... command) throws Exception {
        Process test = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return test.waitFor() == 0 ? said + "No errors detected" : said;
    }
}
