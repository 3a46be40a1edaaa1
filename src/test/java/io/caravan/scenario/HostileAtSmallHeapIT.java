package io.caravan.scenario;

import static io.caravan.scenario.FaultScenario.failedWith;
import static io.caravan.scenario.FaultScenario.smallSource;
import static io.caravan.scenario.FaultScenario.statusIs;
import static io.caravan.scenario.FaultScenario.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultyAnswers;
import io.caravan.testing.FaultyBodies;
import io.caravan.testing.FaultyPages;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceOddities;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The whole service in 256 MB of heap, in a JVM that ends at its first OutOfMemoryError. Sources that send the worst pages
 * we know of are pulled at the same time; each costs its own query, in words, and nothing else.
 */
class HostileAtSmallHeapIT {

    private static final String PATIENT = "p1";
    private static final int MB = 1 << 20;
    private static final int ATTACHMENTS = 3;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(100 * MB).build())
            .build();

    @TempDir
    private static Path dataDir;

    private static TestDatabase database;
    private static S3Server s3;
    private static CaravanProcess process;

    private final List<SourceSimulator> sources = new ArrayList<>();

    @BeforeAll
    static void start() {
        s3 = S3Server.start();
        s3.createBucket("lake");
        database = TestDatabase.create();
        process = CaravanProcess.start(
                dataDir,
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"),
                List.of(
                        "--spring.datasource.url=" + database.url(),
                        "--spring.datasource.username=" + database.appUser(),
                        "--spring.datasource.password=" + database.appPassword(),
                        "--spring.flyway.url=" + database.url(),
                        "--spring.flyway.user=" + database.ownerUser(),
                        "--spring.flyway.password=" + database.ownerPassword(),
                        "--caravan.pull.attempts=3",
                        "--caravan.pull.first-wait=100ms"));
    }

    @AfterAll
    static void stop() {
        process.close();
        s3.close();
    }

    /** What a source sends for the observations of its patient, and what becomes of them. */
    private record Hostile(
            Consumer<SourceSimulator> sends, String pull, String task, String code, int landed, int warnings) {

        static Hostile fails(String code, Consumer<SourceSimulator> sends) {
            return new Hostile(sends, "partial", "failed", code, 0, 0);
        }

        static Hostile fails(String code, Fault fault) {
            return fails(code, source -> observations(source, fault));
        }

        static Hostile lands(int landed, int warnings, Consumer<SourceSimulator> sends) {
            return new Hostile(sends, "completed", "done", "", landed, warnings);
        }
    }

    private static final Map<String, Hostile> HOSTILE = new LinkedHashMap<>();

    static {
        HOSTILE.put(
                "a resource of 40 MB",
                Hostile.lands(4, 0, s -> s.put(text(SourceOddities.large("large", PATIENT, 40 * MB)))));
        HOSTILE.put(
                "a page of 50 MB", Hostile.lands(3, 0, source -> observations(source, FaultyBodies.padded(50 * MB))));
        HOSTILE.put("a page of 70 MB", Hostile.fails("page_too_large", FaultyBodies.padded(70 * MB)));
        HOSTILE.put("depth 2 000", Hostile.fails("source_not_fhir", with(SourceOddities.deep("deep", PATIENT, 2_000))));
        HOSTILE.put("a gzip bomb", Hostile.fails("page_too_large", FaultyBodies.gzipBomb(1_000)));
        HOSTILE.put(
                "invalid UTF-8", Hostile.fails("source_not_fhir", with(SourceOddities.invalidUtf8("odd", PATIENT))));
        HOSTILE.put("a raw NUL", Hostile.fails("source_not_fhir", with(SourceOddities.rawNul("odd", PATIENT))));
        HOSTILE.put("a NUL by its escape", lands(4, 0, SourceOddities.escapedNul("nul", PATIENT)));
        HOSTILE.put("HTML", Hostile.fails("source_not_fhir", Fault.html()));
        HOSTILE.put("a page cut off", Hostile.fails("source_not_fhir", FaultyBodies.cutAfter(300)));
        HOSTILE.put("a body that breaks off", Hostile.fails("source_unreachable", Fault.truncatedBody()));
        HOSTILE.put("no id", lands(3, 1, SourceOddities.withoutId(PATIENT)));
        HOSTILE.put("the id ..", lands(3, 1, SourceOddities.withId("..", PATIENT)));
        HOSTILE.put("5 000 entries", Hostile.lands(5_003, 0, source -> {
            for (int i = 0; i < 5_000; i++) {
                source.put(FaultScenario.record("Observation", "many-" + i, PATIENT));
            }
            observations(source, FaultyPages.wholeType());
        }));
        HOSTILE.put("three attachments of 20 MB", Hostile.lands(3, 0, source -> {
            for (int i = 1; i <= ATTACHMENTS; i++) {
                source.putBinary("scan" + i, "application/pdf", 20L * MB - 1024);
                source.put(
                        "{\"resourceType\":\"DocumentReference\",\"id\":\"d%d\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},\"content\":[{\"attachment\":{\"contentType\":\"application/pdf\",\"url\":\"Binary/scan%d\"}}]}"
                                .formatted(i, i));
            }
        }));
    }

    @Test
    void each_costs_its_own_query_and_all_else_is_delivered_whole() throws IOException {
        CaravanDriver caravan = process.driver();
        Map<String, String> pulls = new LinkedHashMap<>();
        HOSTILE.forEach((name, hostile) -> pulls.put(name, connect(caravan, name, hostile.sends())));

        Map<String, Integer> observations = new HashMap<>();
        pulls.forEach((name, id) -> observations.put(name, ended(caravan, name, caravan.awaitPull(id))));

        int expected = HOSTILE.size() * 13
                + 2 * ATTACHMENTS
                + HOSTILE.values().stream().mapToInt(Hostile::landed).sum();
        Map<String, String> stored = stored();
        assertThat(stored).hasSize(expected);
        assertThat(delivered(caravan, "ndjson")).isEqualTo(stored);
        assertThat(delivered(caravan, "ndjson_zip")).isEqualTo(stored);
        theServiceIsWell(caravan);
        sources.forEach(SourceSimulator::close);
    }

    private String connect(CaravanDriver caravan, String name, Consumer<SourceSimulator> sends) {
        SourceSimulator source = smallSource();
        sources.add(source);
        sends.accept(source);
        String id = caravan.newSource(name, source.baseUrl()).path("id").asText();
        return caravan.connect(id, PATIENT, null).ok().at("/latest_pull/id").asText();
    }

    /** How many observations landed. */
    private static int ended(CaravanDriver caravan, String name, JsonNode pull) {
        Hostile hostile = HOSTILE.get(name);
        JsonNode task = caravan.tasks(pull.path("id").asText()).stream()
                .filter(t -> t.path("resource_type").asText().equals("Observation"))
                .findFirst()
                .orElseThrow();
        assertThat(task.path("status").asText()).as(name + ": " + task).isEqualTo(hostile.task());
        statusIs(pull, hostile.pull());
        if (!hostile.code().isEmpty()) {
            failedWith(task, hostile.code());
        }
        assertThat(texts(task.path("warnings"))).as(name).hasSize(hostile.warnings());
        assertThat(task.at("/resources/new").asInt()).as(name).isEqualTo(hostile.landed());
        return hostile.landed();
    }

    /** Type and id of every record of the store, with its SHA-256. */
    private static Map<String, String> stored() {
        Map<String, String> stored = new HashMap<>();
        JdbcClient.create(database.asOwner())
                .sql("SELECT type || '/' || id AS key, encode(sha256(convert_to(content, 'UTF8')), 'hex') AS sum"
                        + " FROM resource_record")
                .query((row, n) -> stored.put(row.getString("key"), row.getString("sum")))
                .list();
        return stored;
    }

    /** The same of every line of every object that the run delivered: each is JSON, and none comes twice. */
    private static Map<String, String> delivered(CaravanDriver caravan, String fileType) throws IOException {
        Map<String, Object> body = new HashMap<>(caravan.bucket(fileType, s3, "lake", fileType));
        Map<String, Object> settings = new HashMap<>();
        ((Map<?, ?>) body.get("settings")).forEach((key, value) -> settings.put((String) key, value));
        settings.put("file_type", fileType);
        body.put("settings", settings);
        String destination = caravan.newDestination(body).ok().path("id").asText();
        JsonNode run = caravan.awaitRuns(destination, 1).get(0);
        statusIs(run, "succeeded");
        Map<String, String> lines = new HashMap<>();
        for (String key : s3.keys("lake", fileType + "/" + run.path("id").asText() + "/")) {
            if (!key.endsWith("manifest.json")) {
                read(s3.file("lake", key), lines);
            }
        }
        assertThat(run.at("/resources/delivered").asInt()).isEqualTo(lines.size());
        return lines;
    }

    private static void read(Path object, Map<String, String> lines) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(object), MB)) {
            if (object.toString().endsWith(".zip")) {
                ZipInputStream zip = new ZipInputStream(in);
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    readLines(new BufferedInputStream(zip, MB), lines);
                }
            } else {
                readLines(in, lines);
            }
        }
    }

    private static void readLines(InputStream in, Map<String, String> lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                byte[] json = line.toByteArray();
                assertThat(lines.put(key(json), sha256(json))).isNull();
                line.reset();
            } else {
                line.write(b);
            }
        }
        assertThat(line.size()).as("bytes behind the last line").isZero();
    }

    /** {@code type/id}; fails where the line is no JSON, or more than one value. */
    private static String key(byte[] json) throws IOException {
        String type = null;
        String id = null;
        try (JsonParser parser = JSON.createParser(json)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                type = name.equals("resourceType") ? parser.getText() : type;
                id = name.equals("id") ? parser.getText() : id;
                parser.skipChildren();
            }
            assertThat(parser.nextToken()).isNull();
        }
        return type + "/" + id;
    }

    private static void theServiceIsWell(CaravanDriver caravan) throws IOException {
        assertThat(process.isAlive()).isTrue();
        assertThat(caravan.get("/actuator/health").ok().path("status").asText()).isEqualTo("UP");
        assertThat(process.log()).doesNotContain("OutOfMemoryError").doesNotContain("unexpected failure");
        try (Stream<Path> left = Files.walk(dataDir)) {
            assertThat(left.filter(Files::isRegularFile)
                            .filter(f -> !f.toString().endsWith(".log")))
                    .as("files left behind")
                    .noneMatch(
                            f -> f.toString().contains("spool") || f.toString().contains("pages"));
        }
    }

    private static void observations(SourceSimulator source, Fault fault) {
        source.fail(request -> request.isSearch("Observation")).with(fault);
    }

    private static Fault with(byte[] resource) {
        return FaultyAnswers.entry(resource);
    }

    private static Hostile lands(int landed, int warnings, byte[] resource) {
        return Hostile.lands(landed, warnings, source -> observations(source, with(resource)));
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
