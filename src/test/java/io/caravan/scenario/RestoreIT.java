package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.CaravanApplication;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.CaravanProcess;
import io.caravan.testing.InstalledPostgres;
import io.caravan.testing.S3Request;
import io.caravan.testing.S3Server;
import io.caravan.testing.SourceSimulator;
import io.caravan.testing.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A dump of a Caravan at work, made by pg_dump and restored by pg_restore into a new cluster, whose transaction ids are far
 * behind: everything is delivered that had not been, and nothing else. Destinations differ in what is before them. Of the
 * changes since their first run Kept lacks the newest, which is under way; Retried too, and the retry of a file that failed
 * in its first run waits; Behind, which is disabled, lacks all; Running lacks some, under way, behind which the newest waits.
 */
@ExtendWith(OutputCaptureExtension.class)
class RestoreIT {

    private static final String KEY = "ck_restored_operator_0123456789abcdefghijk";
    private static final String BUCKET = "lake";
    private static final int SPENT = 200_000;
    private static final List<String> TYPES =
            List.of("Condition", "Encounter", "Immunization", "Observation", "Procedure");
    private static final List<String> OTHER_PATIENT = List.of(
            "Condition/other-Condition",
            "Encounter/other-Encounter",
            "Immunization/other-Immunization",
            "Observation/other-Observation",
            "Patient/p2",
            "Procedure/other-Procedure");
    private static final List<String> SOME_CHANGES =
            List.of("Condition/condition1 amended", "Condition/condition9", "Observation/observation1 deleted");
    private static final String NEWEST_CHANGE = "Encounter/encounter1 amended";

    @TempDir
    static Path folder;

    private static SourceSimulator source;
    private static S3Server store;
    private static InstalledPostgres fresh;
    private static Path dump;
    private static String connection;
    private static String failedRun;
    private static String failedType;
    private static final Map<String, String> byName = new TreeMap<>();
    private static final Set<String> endedRuns = new HashSet<>();

    private final Map<String, String> destinations = new TreeMap<>();
    private final Set<String> known = new HashSet<>();
    private CaravanDriver caravan;

    @BeforeAll
    static void dumpCaravanAtWork() {
        assumeThat(InstalledPostgres.missing()).as(InstalledPostgres.missing()).isNull();
        source = FaultScenario.smallSource();
        store = S3Server.start();
        store.createBucket(BUCKET);
        dump = folder.resolve("caravan.dump");
        try (InstalledPostgres cluster = InstalledPostgres.start(folder.resolve("old-cluster"))) {
            cluster.spend(SPENT);
            TestDatabase database = cluster.create("caravan");
            List<String> settings = new ArrayList<>(settings(database));
            settings.addAll(List.of(
                    "--caravan.export.retry-for=1ms",
                    "--caravan.export.repeat=* * * * * ?",
                    "--caravan.work.slots.item=8"));
            CaravanProcess old = CaravanProcess.start(folder.resolve("old"), settings.toArray(String[]::new));
            try {
                work(old.driver());
                cluster.dump(database, dump);
            } finally {
                old.kill();
            }
        }
        store.release();
        fresh = InstalledPostgres.start(folder.resolve("fresh-cluster"));
    }

    @AfterAll
    static void stop() {
        if (fresh != null) {
            fresh.close();
            store.close();
            source.close();
        }
    }

    @BeforeEach
    void asItWasDumped() {
        destinations.putAll(byName);
        known.addAll(endedRuns);
        store.forgetRequests();
    }

    @Test
    void each_destination_gets_what_it_had_not_got_and_of_the_next_change_one_record(CapturedOutput output) {
        TestDatabase database = fresh.restore(dump, "restored");
        assertThat(number(database, "SELECT max(changed_xid) FROM resource_record"))
                .isGreaterThan(SPENT)
                .isGreaterThan(number(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())") + SPENT / 2);
        try (ConfigurableApplicationContext context = start(database, true)) {
            assertThat(output.getAll())
                    .containsPattern(
                            "WARN .*This database was restored from a dump: it knows transaction ids up to 20\\d{4}, and")
                    .containsPattern(
                            "WARN .*Numbered anew, in \\d+ s: 23 records, 4 pulls, \\d+ runs and 4 destinations");

            caravan = driver(context);
            Map<String, List<String>> madeUp = makeUp();
            Map<String, List<String>> next = change("corrected");

            assertThat(madeUp).isEqualTo(expected());
            assertThat(next).isEqualTo(everywhere("Procedure/procedure1 corrected"));
            assertThat(store.requests(S3Request::isPut)).isNotEmpty().noneMatch(this::isOfEndedRun);
            assertThat(caravan.runs(destinations.get("Retried")))
                    .filteredOn(run -> run.path("trigger").asText().equals("auto_retry"))
                    .singleElement()
                    .satisfies(
                            retry -> assertThat(retry.path("status").asText()).isEqualTo("succeeded"));
        }
    }

    @Test
    void the_same_check_finds_records_lost_where_nobody_notices_the_restore() {
        try (ConfigurableApplicationContext context = start(fresh.restore(dump, "unnoticed"), false)) {
            caravan = driver(context);
            Map<String, List<String>> madeUp = makeUp();
            Map<String, List<String>> next = change("entered-in-error");

            assertThat(missing(expected(), madeUp))
                    .containsEntry("Behind", expected().get("Behind"))
                    .containsEntry("New", expected().get("New"));
            assertThat(missing(everywhere("Procedure/procedure1 entered-in-error"), next))
                    .as("those whose watermark lies in the future take every new change for one that they had")
                    .containsOnlyKeys("Kept", "Retried");
        }
    }

    // --- before the dump

    private static void work(CaravanDriver caravan) {
        newDestination(caravan, byName, "Retried");
        caravan.awaitRuns(byName.get("Retried"), 1);
        store.failPuts(503, 1);
        String registered =
                caravan.newSource("General", source.baseUrl()).path("id").asText();
        connection = connect(caravan, registered, "p1");
        awaitRuns(caravan, "Retried", "auto_retry", "queued", 1);
        failedRun = awaitRuns(caravan, "Retried", "pull_completed", "partial", 1)
                .get(0)
                .path("id")
                .asText();
        failedType = caravan.items(failedRun).stream()
                .filter(item -> item.path("status").asText().equals("failed"))
                .findFirst()
                .orElseThrow()
                .path("resource_type")
                .asText();
        for (String name : List.of("Kept", "Behind", "Running")) {
            newDestination(caravan, byName, name);
            awaitRuns(caravan, name, "destination_added", "succeeded", 1);
        }
        enable(caravan, byName.get("Behind"), false);

        String other = connect(caravan, registered, "p2");
        awaitRuns(caravan, "Running", "pull_completed", "succeeded", 1);
        caravan.post(caravan.path("/connections/" + other + "/disconnect"), Map.of())
                .ok();
        enable(caravan, byName.get("Running"), false);

        source.put(record("Condition", "condition1", "amended"));
        source.put(record("Condition", "condition9", "final"));
        source.remove("Observation", "observation1");
        pull(caravan);
        awaitRuns(caravan, "Kept", "pull_completed", "succeeded", 2);
        awaitRuns(caravan, "Retried", "pull_completed", "succeeded", 2);

        store.hold();
        enable(caravan, byName.get("Running"), true);
        awaitRuns(caravan, "Running", "destination_reactivated", "running", 1);
        source.put(record("Encounter", "encounter1", "amended"));
        pull(caravan);
        awaitRuns(caravan, "Running", "pull_completed", "queued", 1);
        Awaitility.await("uploads for three destinations")
                .atMost(Duration.ofSeconds(90))
                .until(() -> store.held() >= 4);
        byName.values()
                .forEach(id -> caravan.runs(id).stream()
                        .filter(run -> run.path("completed_at").isTextual())
                        .forEach(run -> endedRuns.add(run.path("id").asText())));
    }

    private static String connect(CaravanDriver caravan, String registered, String patient) {
        JsonNode connected = caravan.connect(registered, patient, null).ok();
        caravan.awaitPull(connected.at("/latest_pull/id").asText());
        return connected.path("id").asText();
    }

    private static void pull(CaravanDriver caravan) {
        JsonNode pull = caravan.post(caravan.path("/connections/" + connection + "/pulls"), Map.of("mode", "full"))
                .ok();
        assertThat(caravan.awaitPull(pull.path("id").asText()).path("status").asText())
                .isEqualTo("completed");
    }

    private static List<JsonNode> awaitRuns(
            CaravanDriver caravan, String name, String trigger, String status, int atLeast) {
        return Awaitility.await("%d %s runs %s for %s".formatted(atLeast, trigger, status, name))
                .atMost(Duration.ofSeconds(90))
                .until(
                        () -> caravan.runs(byName.get(name)).stream()
                                .filter(run -> run.path("trigger").asText().equals(trigger))
                                .filter(run -> run.path("status").asText().equals(status))
                                .toList(),
                        found -> found.size() >= atLeast);
    }

    private static void newDestination(CaravanDriver caravan, Map<String, String> destinations, String name) {
        JsonNode made = caravan.newDestination(caravan.bucket(name, store, BUCKET, name))
                .ok();
        destinations.put(name, made.path("id").asText());
    }

    private static void enable(CaravanDriver caravan, String destination, boolean enabled) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", enabled))
                .ok();
    }

    private static String record(String type, String id, String status) {
        return FaultScenario.record(type, id, "p1").replace("\"final\"", "\"%s\"".formatted(status));
    }

    // --- after it

    /** What waits goes on, and whoever waits for a person gets one; what each destination then has got. */
    private Map<String, List<String>> makeUp() {
        caravan.post(caravan.path("/runs/" + failedRun + "/retry"), Map.of()).ok();
        enable(caravan, destinations.get("Behind"), true);
        newDestination(caravan, destinations, "New");
        return sent();
    }

    private Map<String, List<String>> expected() {
        List<String> before = new ArrayList<>(List.of("Patient/p1"));
        TYPES.forEach(type -> Stream.of(1, 2, 3)
                .map(n -> type + "/" + type.toLowerCase(java.util.Locale.ROOT) + n)
                .forEach(before::add));
        List<String> unchanged = before.stream()
                .filter(key -> !List.of("Condition/condition1", "Encounter/encounter1", "Observation/observation1")
                        .contains(key))
                .toList();
        List<String> failed = unchanged.stream()
                .filter(key -> key.startsWith(failedType + "/"))
                .toList();
        return Map.of(
                "Kept", List.of(NEWEST_CHANGE),
                "Retried", sorted(List.of(failed, List.of(NEWEST_CHANGE))),
                "Behind", sorted(List.of(OTHER_PATIENT, SOME_CHANGES, List.of(NEWEST_CHANGE))),
                "Running", sorted(List.of(SOME_CHANGES, List.of(NEWEST_CHANGE))),
                "New", sorted(List.of(unchanged, SOME_CHANGES.subList(0, 2), List.of(NEWEST_CHANGE))));
    }

    /** What each destination gets when one record changes at the source. */
    private Map<String, List<String>> change(String status) {
        source.put(record("Procedure", "procedure1", status));
        pull(caravan);
        return sent();
    }

    private Map<String, List<String>> everywhere(String record) {
        return destinations.keySet().stream().collect(Collectors.toMap(name -> name, name -> List.of(record)));
    }

    /** Once no run is under way: what those delivered that are not known yet. From then on they are. */
    private Map<String, List<String>> sent() {
        Map<String, List<String>> sent = new TreeMap<>();
        destinations.forEach((name, id) -> {
            List<String> delivered = new ArrayList<>();
            for (JsonNode run : caravan.awaitRuns(id, 1)) {
                if (known.add(run.path("id").asText())) {
                    delivered.addAll(in(name + "/" + run.path("id").asText() + "/"));
                }
            }
            sent.put(name, sorted(List.of(delivered)));
        });
        return sent;
    }

    private static List<String> in(String run) {
        return store.keys(BUCKET, run).stream()
                .filter(key -> key.endsWith(".ndjson"))
                .flatMap(key -> store.lines(BUCKET, key).stream())
                .map(CaravanDriver::parse)
                .flatMap(RestoreIT::described)
                .toList();
    }

    private static Stream<String> described(JsonNode line) {
        String type = line.path("resourceType").asText();
        if (type.equals("Bundle")) {
            return line.findValuesAsText("url").stream().map(url -> url + " deleted");
        }
        String key = type + "/" + line.path("id").asText();
        String status = line.path("status").asText("final");
        return Stream.of(status.equals("final") ? key : key + " " + status);
    }

    private boolean isOfEndedRun(S3Request request) {
        return endedRuns.stream().anyMatch(run -> request.key().contains(run));
    }

    /** What each should have got and has not; nobody who lacks nothing. */
    private static Map<String, List<String>> missing(
            Map<String, List<String>> expected, Map<String, List<String>> sent) {
        Map<String, List<String>> missing = new TreeMap<>();
        expected.forEach((name, records) -> {
            List<String> lost = new ArrayList<>(records);
            lost.removeAll(sent.get(name));
            if (!lost.isEmpty()) {
                missing.put(name, lost);
            }
        });
        return missing;
    }

    private static List<String> sorted(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).sorted().toList();
    }

    private ConfigurableApplicationContext start(TestDatabase database, boolean guarded) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(CaravanApplication.class);
        if (!guarded) {
            application.initializers(context -> context.addBeanFactoryPostProcessor(
                    beans -> ((BeanDefinitionRegistry) beans).removeBeanDefinition("restoreGuard")));
        }
        List<String> settings = new ArrayList<>(settings(database));
        settings.addAll(List.of(
                "--server.port=0",
                "--spring.profiles.active=dev",
                "--caravan.data-dir=" + folder.resolve(database.name()),
                "--caravan.keyset=" + folder.resolve("old/keyset.json"),
                "--caravan.operator.key=" + KEY,
                "--caravan.work.poll=100",
                "--caravan.export.quiet=200ms",
                "--spring.quartz.properties.org.quartz.scheduler.instanceName=" + database.name()));
        return application.run(settings.toArray(String[]::new));
    }

    private static CaravanDriver driver(ConfigurableApplicationContext context) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        return new CaravanDriver(URI.create("http://127.0.0.1:" + port), KEY, Duration.ofSeconds(90));
    }

    private static List<String> settings(TestDatabase database) {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.appUser(),
                "--spring.datasource.password=" + database.appPassword(),
                "--spring.flyway.url=" + database.url(),
                "--spring.flyway.user=" + database.ownerUser(),
                "--spring.flyway.password=" + database.ownerPassword());
    }

    private static long number(TestDatabase database, String query) {
        return Long.parseLong(JdbcClient.create(database.asApp())
                .sql(query)
                .query(String.class)
                .single());
    }
}
