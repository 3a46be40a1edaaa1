package io.caravan.scenario;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.FileSystemUtils;

/** A directory below {@code caravan.file.root}, on the real file system. */
class FileDestinationIT extends FaultScenario {

    private static final int SAMPLE = 8_392;
    private static final int RESOURCES = 16;

    @Autowired
    private CamelContext camel;

    private String name;
    private Path directory;

    @BeforeEach
    void aDirectoryOfItsOwn() throws IOException {
        name = "team/" + caravan.org();
        directory = Files.createDirectories(FILE_ROOT.resolve(name));
    }

    @Test
    void the_sample_lies_there_line_by_line_and_no_file_was_seen_before_it_was_whole() throws Exception {
        try (SourceSimulator source = SourceSimulator.synthea();
                WatchService watch = directory.getFileSystem().newWatchService()) {
            String registered =
                    caravan.newSource("All", source.baseUrl()).path("id").asText();
            source.patients().stream()
                    .map(patient -> caravan.connect(registered, patient, null)
                            .ok()
                            .at("/latest_pull/id")
                            .asText())
                    .toList()
                    .forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));
            Map<String, Object> settings = settings(name, "ndjson");
            settings.put("target_file_size", 1 << 20);
            directory.register(watch, ENTRY_CREATE);
            String destination = saved(settings);
            String folder = runFolder(watch);
            WatchKey files = directory.resolve(folder).register(watch, ENTRY_CREATE, ENTRY_MODIFY);
            JsonNode run = caravan.awaitRuns(destination, 1).get(0);

            statusIs(run, "succeeded");
            assertThat(run.path("id").asText()).isEqualTo(folder);
            assertThat(lines(run)).hasSize(SAMPLE).containsExactlyInAnyOrderElementsOf(content());
            assertThat(ids(lines(run))).containsExactlyInAnyOrderElementsOf(sampleIds());
            theManifestIsTrue(run, SAMPLE);
            List<WatchEvent<?>> events = files.pollEvents().stream()
                    .filter(FileDestinationIT::ofObject)
                    .toList();
            assertThat(events)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(event -> assertThat(event.kind()).isEqualTo(ENTRY_CREATE));
            assertThat(names(directory)).noneMatch(file -> file.contains("/."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ndjson", "ndjson_zip", "ndjson_gz"})
    void what_a_manifest_says_is_there_whatever_the_type_of_file(String fileType) throws IOException {
        String destination = saved(settings(name, fileType));
        caravan.awaitRuns(destination, 1);
        try (SourceSimulator source = smallSource()) {
            String connection = pull(source, PATIENT).path("connection_id").asText();
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);
            statusIs(run, "succeeded");
            theManifestIsTrue(run, RESOURCES);
            assertThat(names(folder(run)))
                    .allSatisfy(file -> assertThat(
                                    Files.getPosixFilePermissions(folder(run).resolve(file)))
                            .as("of its user and group")
                            .isEqualTo(PosixFilePermissions.fromString("rw-r-----")));

            source.remove("Observation", "observation1");
            caravan.awaitPull(caravan.pullNow(connection));
            JsonNode deletion = caravan.awaitRuns(destination, 3).get(0);
            statusIs(deletion, "succeeded");
            assertThat(manifest(deletion).at("/deleted/0/url").asText())
                    .startsWith("deleted/Observation-0001.ndjson")
                    .matches(url -> Files.isRegularFile(folder(deletion).resolve(url)));
        }
    }

    @Test
    void a_directory_that_was_removed_fails_the_run_and_a_retry_delivers_all_once_it_is_back() throws IOException {
        String destination = saved(settings(name, "ndjson"));
        caravan.awaitRuns(destination, 1);
        Files.delete(directory);
        try (SourceSimulator source = smallSource()) {
            pull(source, PATIENT);
            JsonNode failed = caravan.awaitRuns(destination, 2).get(0);
            statusIs(failed, "failed");
            failedWith(failed, "destination_not_found");
            assertThat(directory)
                    .as("nothing is written where nothing is mounted")
                    .doesNotExist();

            Files.createDirectory(directory);
            JsonNode retried = retry(failed);

            statusIs(retried, "succeeded");
            assertThat(ids(lines(retried)))
                    .containsExactlyInAnyOrderElementsOf(stored())
                    .hasSize(RESOURCES);
        }
    }

    @Test
    void a_file_that_lost_its_end_is_noticed_before_the_manifest_and_a_retry_delivers_all() throws Exception {
        String destination = saved(settings(name, "ndjson"));
        caravan.awaitRuns(destination, 1);
        camel.getRouteController().stopRoute("verify-file"); // who looks again waits for it
        try (SourceSimulator source = smallSource()) {
            pull(source, PATIENT);
            JsonNode run = underWay(destination, 6);
            truncate(folder(run).resolve("Condition-0001.ndjson"));
            camel.getRouteController().startRoute("verify-file");

            JsonNode failed = caravan.awaitRun(run.path("id").asText());
            statusIs(failed, "failed");
            failedWith(failed, "verification_failed");
            assertThat(failed.at("/error/message").asText()).contains(" bytes instead of ");
            assertThat(folder(failed).resolve("manifest.json")).doesNotExist();

            JsonNode retried = retry(failed);
            statusIs(retried, "succeeded");
            assertThat(ids(lines(retried))).containsExactlyInAnyOrderElementsOf(stored());
        } finally {
            camel.getRouteController().startRoute("verify-file");
        }
    }

    @Test
    void a_cancelled_run_takes_back_its_files_and_its_folder() throws Exception {
        String destination = saved(settings(name, "ndjson"));
        caravan.awaitRuns(destination, 1);
        camel.getRouteController().stopRoute("deliver-file");
        try (SourceSimulator source = smallSource()) {
            pull(source, PATIENT);
            String run = caravan.runs(destination).get(0).path("id").asText();
            Awaitility.await("files under way")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> caravan.items(run).stream()
                            .anyMatch(item -> item.path("status").asText().equals("running")));
            caravan.post(caravan.path("/runs/" + run + "/cancel"), Map.of()).ok();
            camel.getRouteController().startRoute("deliver-file");

            statusIs(caravan.awaitRun(run), "cancelled");
            assertThat(caravan.items(run))
                    .anyMatch(item -> item.path("attempts").asInt() > 0);
            assertThat(directory).isEmptyDirectory();
        } finally {
            camel.getRouteController().startRoute("deliver-file");
        }
    }

    @Test
    void an_erased_patient_s_files_are_named_and_their_deletion_arrives() throws IOException {
        String destination = saved(settings(name, "ndjson_gz"));
        caravan.awaitRuns(destination, 1);
        try (SourceSimulator source = smallSource()) {
            String connection = pull(source, PATIENT).path("connection_id").asText();
            JsonNode run = caravan.awaitRuns(destination, 2).get(0);
            JsonNode receipt = caravan.post(caravan.path("/connections/" + connection + "/erase"), Map.of())
                    .ok();

            assertThat(receipt.path("objects").findValuesAsText("object_key"))
                    .containsExactlyInAnyOrderElementsOf(names(folder(run)).stream()
                            .filter(file -> file.endsWith(".ndjson.gz"))
                            .map(file -> run.path("id").asText() + "/" + file)
                            .toList())
                    .hasSize(6);
            JsonNode deletion = caravan.awaitRuns(destination, 3).get(0);
            assertThat(names(folder(deletion))).contains("deleted/Patient-0001.ndjson.gz");
        }
    }

    @Test
    void the_form_is_offered_and_a_saved_directory_says_where_it_is() {
        JsonNode types = caravan.get(caravan.path("/destination-types")).ok().path("data");
        assertThat(types.findValuesAsText("type")).contains("file");

        JsonNode saved = caravan.get(caravan.path("/destinations/" + saved(settings(name, "ndjson"))))
                .ok();

        assertThat(saved.path("type").asText()).isEqualTo("file");
        assertThat(saved.at("/settings/directory").asText()).isEqualTo(name);
        assertThat(saved.path("credentials_set")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc",
                "..",
                "../other",
                "a/../../b",
                "a/./b",
                "a//b",
                "a/",
                ".hidden",
                "a/.hidden",
                "a\\b",
                "${sysenv.HOME}",
                "a b",
                "a\u0000b",
                "a?fileExist=Fail",
                "ä"
            })
    void a_path_that_is_none_below_the_root_is_refused_at_its_field(String path) {
        JsonNode problem = problem(caravan.newDestination(body(settings(path, "ndjson"))), 422, "invalid_field");

        assertThat(problem.at("/errors/0/field").asText()).isEqualTo("settings.directory");
    }

    @Test
    void a_test_says_what_is_wrong_with_a_directory_and_leaves_nothing_behind() throws IOException {
        assertThat(steps(caravan.post(caravan.path("/destinations/test"), body(settings(name, "ndjson")))
                        .ok()))
                .containsOnlyKeys("directory", "write-probe", "read-probe", "delete-probe")
                .allSatisfy((step, found) ->
                        assertThat(found.path("outcome").asText()).isEqualTo("passed"));
        assertThat(directory).isEmptyDirectory();

        Path outside = Files.createTempDirectory("caravan-outside-");
        Files.createSymbolicLink(directory.resolve("out"), outside);
        Files.createSymbolicLink(directory.resolve("root"), FILE_ROOT);
        Files.createFile(directory.resolve("file"));
        failsAt("out", "leads out of caravan.file.root", "without symbolic links");
        failsAt("root", "leads out of caravan.file.root", "without symbolic links");
        failsAt("file", "is no directory", "Create it, or mount");
        failsAt("missing", "is not there", "Create it, or mount");
        assertThat(outside).isEmptyDirectory();
        FileSystemUtils.deleteRecursively(outside);

        Files.createDirectory(directory.resolve("real"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("real"));
        assertThat(caravan.newDestination(body(settings(name + "/link", "ndjson")))
                        .status())
                .as("a link that stays below the root")
                .isEqualTo(201);
    }

    private void failsAt(String below, String detail, String advice) {
        JsonNode problem = problem(
                caravan.newDestination(body(settings(name + "/" + below, "ndjson"))), 422, "destination_test_failed");
        JsonNode step = steps(problem).get("directory");
        assertThat(step.path("outcome").asText()).isEqualTo("failed");
        assertThat(step.path("detail").asText()).contains(detail).doesNotContain(FILE_ROOT.toString());
        assertThat(step.path("advice").asText()).contains(advice);
        assertThat(steps(problem).get("write-probe").path("outcome").asText()).isEqualTo("skipped");
    }

    private static Map<String, Object> settings(String directory, String fileType) {
        return new HashMap<>(Map.of("directory", directory, "file_type", fileType));
    }

    private static Map<String, Object> body(Map<String, Object> settings) {
        return Map.of("name", "Share", "type", "file", "settings", settings);
    }

    private String saved(Map<String, Object> settings) {
        return caravan.newDestination(body(settings)).ok().path("id").asText();
    }

    /** The newest run, once so many of its files are delivered. */
    private JsonNode underWay(String destination, int files) {
        Awaitility.await("files delivered")
                .atMost(Duration.ofSeconds(30))
                .until(() -> caravan
                                .items(caravan.runs(destination)
                                        .get(0)
                                        .path("id")
                                        .asText())
                                .stream()
                                .filter(item -> item.path("status").asText().equals("delivered"))
                                .count()
                        == files);
        return caravan.runs(destination).get(0);
    }

    private static void truncate(Path file) throws IOException {
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
            open.truncate(open.size() - 1);
        }
    }

    /** The first that is made; the files of the test before it come and go. */
    private static String runFolder(WatchService watch) throws InterruptedException {
        while (true) {
            WatchKey made = watch.poll(30, TimeUnit.SECONDS);
            assertThat(made).as("a folder is made").isNotNull();
            for (WatchEvent<?> event : made.pollEvents()) {
                if (event.context().toString().startsWith("run_")) {
                    return event.context().toString();
                }
            }
            made.reset();
        }
    }

    private static boolean ofObject(WatchEvent<?> event) {
        return event.context().toString().matches("\\w+-\\d{4}\\.ndjson");
    }

    private Path folder(JsonNode run) {
        return directory.resolve(run.path("id").asText());
    }

    private JsonNode manifest(JsonNode run) throws IOException {
        return CaravanDriver.parse(Files.readString(folder(run).resolve("manifest.json")));
    }

    private List<String> lines(JsonNode run) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String file : names(folder(run))) {
            if (file.endsWith(".ndjson")) {
                lines.addAll(Files.readAllLines(folder(run).resolve(file), StandardCharsets.UTF_8));
            }
        }
        return lines;
    }

    /** What the store holds, which is what the source sent. */
    private List<String> content() {
        return database.sql("SELECT content FROM resource_record WHERE org_id = :org")
                .param("org", caravan.org())
                .query(String.class)
                .list();
    }

    private static List<String> ids(List<String> lines) {
        return lines.stream()
                .map(CaravanDriver::parse)
                .map(json -> json.path("resourceType").asText() + "/"
                        + json.path("id").asText())
                .toList();
    }

    /** Of every line of the sample's files. */
    private static List<String> sampleIds() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String file : names(Path.of("src/test/resources/synthea"))) {
            if (file.endsWith(".ndjson.gz")) {
                ids.addAll(ids(SyntheaLines.of(file.substring(0, file.length() - ".ndjson.gz".length()))));
            }
        }
        return ids;
    }

    /** All files below, by their paths from there. */
    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void theManifestIsTrue(JsonNode run, int resources) throws IOException {
        List<String> others = new ArrayList<>(names(folder(run)));
        int count = 0;
        for (JsonNode output : manifest(run).path("output")) {
            byte[] object =
                    Files.readAllBytes(folder(run).resolve(output.path("url").asText()));
            assertThat(object).hasSize(output.path("size").asInt());
            assertThat(output.path("sha256").asText()).isEqualTo(sha256(object));
            others.remove(output.path("url").asText());
            count += output.path("count").asInt();
        }
        assertThat(others).containsExactly("manifest.json");
        assertThat(count).isEqualTo(resources);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
