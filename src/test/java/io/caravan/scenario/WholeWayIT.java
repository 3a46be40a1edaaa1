package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A patient's records pulled from a source and delivered to a bucket: each once, byte for byte, and counted alike. */
class WholeWayIT extends CaravanScenario {

    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"([A-Za-z]+/[^\"#]+)\"");

    @Test
    void the_sample_arrives_whole_each_resource_once_and_equal_to_the_sources_bytes() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            source.prettyPages(true);
            pullEverybody(source, "General");
            assertThat(source.traffic().of(request -> request.isSearch()).askedMoreThanOnce())
                    .as("pages asked for more than once")
                    .isEmpty();
            String destination = deliverTo("whole");
            JsonNode run = only(caravan.awaitRuns(destination, 1));

            assertThat(run.path("status").asText()).isEqualTo("succeeded");
            Map<String, String> delivered = linesOf(run, "whole");
            assertThat(delivered).hasSize(8_392);
            delivered.forEach((reference, line) -> {
                String[] parts = reference.split("/", 2);
                assertThat(line).isEqualTo(Compact.json(source.json(parts[0], parts[1])));
            });
            everyCountSaysTheSame(run, "whole", 8_392, 16);
        }
    }

    @Test
    void a_second_source_over_the_same_data_arrives_scoped_and_every_reference_resolves() {
        try (SourceSimulator first = SourceSimulator.synthea();
                SourceSimulator second = SourceSimulator.synthea()) {
            assertThat(caravan.newSource("First", first.baseUrl()).path("ids").asText())
                    .isEqualTo("original");
            JsonNode scoped = caravan.newSource("Second", second.baseUrl());
            assertThat(scoped.path("ids").asText()).isEqualTo("scoped");
            pullEverybody(second, scoped);
            JsonNode run = only(caravan.awaitRuns(deliverTo("scoped"), 1));

            Map<String, String> delivered = linesOf(run, "scoped");
            assertThat(delivered).hasSize(8_392);
            String key = scoped.path("key").asText();
            int references = 0;
            for (Map.Entry<String, String> record : delivered.entrySet()) {
                Matcher reference = REFERENCE.matcher(record.getValue());
                while (reference.find()) {
                    assertThat(delivered).containsKey(reference.group(1));
                    references++;
                }
                String[] parts = record.getKey().split("/", 2);
                assertThat(parts[1]).startsWith(key + "-");
                String original = Compact.json(second.json(parts[0], parts[1].substring(key.length() + 1)));
                assertThat(Unscoped.line(
                                record.getValue(), key, second.baseUrl().toString()))
                        .isEqualTo(original);
            }
            assertThat(references).isGreaterThan(20_000);
        }
    }

    @Test
    void nothing_changed_makes_no_run_and_one_changed_observation_makes_a_run_of_exactly_one() {
        try (SourceSimulator source = SourceSimulator.synthea()) {
            List<String> connections = pullEverybody(source, "General");
            String destination = deliverTo("changes");
            caravan.awaitRuns(destination, 1);

            JsonNode again = caravan.awaitPull(caravan.pullNow(connections.get(0)));
            assertThat(again.path("resources").path("unchanged").asInt())
                    .isEqualTo(again.path("resources").path("seen").asInt())
                    .isPositive();
            assertThat(again.path("exports")).isEmpty();
            assertThat(caravan.runs(destination)).hasSize(1);

            String observation = anObservationOf(source, source.patients().get(0));
            source.put(source.json("Observation", observation).replaceFirst("\"final\"", "\"amended\""));
            JsonNode changing = caravan.awaitPull(caravan.pullNow(connections.get(0)));
            assertThat(changing.path("resources").path("changed").asInt()).isEqualTo(1);
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);

            assertThat(run.path("trigger").asText()).isEqualTo("pull_completed");
            everyCountSaysTheSame(run, "changes", 1, 1);
            assertThat(linesOf(run, "changes")).containsOnlyKeys("Observation/" + observation);
            assertThat(caravan.pull(changing.path("id").asText())
                            .path("exports")
                            .path(0)
                            .path("run_id")
                            .asText())
                    .isEqualTo(run.path("id").asText());
        }
    }

    private List<String> pullEverybody(SourceSimulator source, String name) {
        return pullEverybody(source, caravan.newSource(name, source.baseUrl()));
    }

    private List<String> pullEverybody(SourceSimulator source, JsonNode registered) {
        List<String> connections = new ArrayList<>();
        List<String> pulls = new ArrayList<>();
        for (String patient : source.patients()) {
            CaravanDriver.Answer connected =
                    caravan.connect(registered.path("id").asText(), patient, null);
            assertThat(connected.status()).isEqualTo(201);
            connections.add(connected.json().path("id").asText());
            pulls.add(connected.json().path("latest_pull").path("id").asText());
        }
        pulls.forEach(pull ->
                assertThat(caravan.awaitPull(pull).path("status").asText()).isEqualTo("completed"));
        return connections;
    }

    private String deliverTo(String prefix) {
        return caravan.newDestination(caravan.bucket("Lake", s3, "lake", prefix))
                .ok()
                .path("id")
                .asText();
    }

    private static JsonNode only(List<JsonNode> runs) {
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    /** Every delivered line by {@code Type/id}; none may come twice, none may be blank. */
    private static Map<String, String> linesOf(JsonNode run, String prefix) {
        Map<String, String> lines = new HashMap<>();
        String folder = prefix + "/" + run.path("id").asText() + "/";
        for (String key : s3.keys("lake", folder)) {
            if (key.endsWith(".ndjson")) {
                for (String line : s3.lines("lake", key)) {
                    JsonNode json = CaravanDriver.parse(line);
                    String reference = json.path("resourceType").asText() + "/"
                            + json.path("id").asText();
                    assertThat(key)
                            .startsWith(folder + json.path("resourceType").asText() + "-");
                    assertThat(lines.put(reference, line)).as(reference).isNull();
                }
            }
        }
        return lines;
    }

    /** The run, its items, the bucket's listing and the manifest. */
    private void everyCountSaysTheSame(JsonNode run, String prefix, int resources, int patients) {
        String folder = prefix + "/" + run.path("id").asText() + "/";
        assertThat(run.path("resources").path("selected").asInt()).isEqualTo(resources);
        assertThat(run.path("resources").path("delivered").asInt()).isEqualTo(resources);
        assertThat(run.path("resources").path("superseded").asInt()).isZero();
        assertThat(run.path("resources").path("failed").asInt()).isZero();
        assertThat(run.path("patients").path("delivered").asInt()).isEqualTo(patients);

        Map<String, Long> sizes = new TreeMap<>();
        Map<String, String> digests = new TreeMap<>();
        for (String key : s3.keys("lake", folder)) {
            if (!key.endsWith("manifest.json")) {
                byte[] object = s3.bytes("lake", key);
                sizes.put(key, (long) object.length);
                digests.put(key, sha256(object));
            }
        }
        Map<String, Long> itemSizes = new TreeMap<>();
        int inItems = 0;
        for (JsonNode item : caravan.items(run.path("id").asText())) {
            if (item.path("kind").asText().equals("file")) {
                assertThat(item.path("status").asText()).isEqualTo("delivered");
                itemSizes.put(
                        item.path("object_key").asText(), item.path("bytes").asLong());
                inItems += item.path("delivered").asInt();
            }
        }
        assertThat(itemSizes).isEqualTo(sizes);
        assertThat(inItems).isEqualTo(resources);
        assertThat(run.path("files").asInt()).isEqualTo(sizes.size());
        assertThat(run.path("bytes").asLong())
                .isEqualTo(sizes.values().stream().mapToLong(Long::longValue).sum());

        JsonNode manifest =
                CaravanDriver.parse(new String(s3.bytes("lake", folder + "manifest.json"), StandardCharsets.UTF_8));
        Map<String, String> manifestDigests = new TreeMap<>();
        int inManifest = 0;
        for (JsonNode output : manifest.path("output")) {
            String key = folder + output.path("url").asText();
            manifestDigests.put(key, output.path("sha256").asText());
            assertThat(output.path("size").asLong()).isEqualTo(sizes.get(key));
            inManifest += output.path("count").asInt();
        }
        assertThat(manifestDigests).isEqualTo(digests);
        assertThat(inManifest).isEqualTo(resources);
        assertThat(manifest.path("extension").path("run").asText())
                .isEqualTo(run.path("id").asText());
    }

    private static String anObservationOf(SourceSimulator source, String patient) {
        return database(source).stream()
                .filter(line -> line.contains("\"Patient/" + patient + "\"") && line.contains("\"final\""))
                .map(line -> CaravanDriver.parse(line).path("id").asText())
                .findFirst()
                .orElseThrow();
    }

    private static List<String> database(SourceSimulator source) {
        return SyntheaLines.of("Observation").stream()
                .filter(line -> source.json(
                                "Observation",
                                CaravanDriver.parse(line).path("id").asText())
                        != null)
                .toList();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
