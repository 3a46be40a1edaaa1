package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.Fault;
import io.caravan.testing.FaultHandle;
import io.caravan.testing.SourceSimulator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipFile;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** A patient is erased: here at once, at destinations by deletions, and a receipt says where else it may still be. */
class EraseIT extends FaultScenario {

    /** Both patients have seen this doctor. */
    private static final String SHARED = "Practitioner/doctor";

    private final String mark = UUID.randomUUID().toString().substring(0, 8);
    private final String patient = "canary-patient-" + mark;
    private final String word = "canary-word-" + mark;

    @Autowired
    private ProducerTemplate camel;

    private SourceSimulator source;
    private String registered;
    private String connection;
    private String prefix;

    @BeforeEach
    void somebodyElseIsThere() {
        source = SourceSimulator.of(
                "{\"resourceType\":\"Practitioner\",\"id\":\"doctor\"}",
                "{\"resourceType\":\"Patient\",\"id\":\"p2\"}",
                observation("a", "p2", "nothing"),
                observation("z", "p2", "nothing"));
        prefix = "erased-" + caravan.org();
    }

    @AfterEach
    void stop() {
        s3.release();
        source.close();
    }

    // --- what is stored

    @Test
    void what_only_it_saw_is_blank_and_what_another_sees_stays() {
        connectBoth();
        assertThat(stored()).hasSize(8);

        JsonNode receipt = erase();

        assertThat(receipt.path("erased").asInt()).isEqualTo(4);
        assertThat(receipt.path("kept").asInt()).isEqualTo(1);
        assertThat(receipt.path("types"))
                .extracting(type -> type.path("type").asText() + " "
                        + type.path("erased").asText() + " " + type.path("kept").asText())
                .containsExactly("Observation 3 0", "Patient 1 0", "Practitioner 0 1");
        assertThat(receipt.at("/deletion/delivered").asBoolean())
                .as("there is no destination")
                .isTrue();
        Awaitility.await("gone for good").until(() -> stored().size() == 4);
        assertThat(stored()).containsExactly("Observation/a", "Observation/z", "Patient/p2", SHARED);
        assertThat(row("SELECT content FROM resource_record WHERE type = 'Practitioner'"))
                .contains("doctor");
        assertThat(row("SELECT count(*)::text FROM record_sighting WHERE connection_id = '" + connection + "'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"original", "scoped"})
    void no_byte_of_the_patient_is_left(String ids) {
        connectBoth(ids);
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        enable(destination, false);
        assertThat(tablesWith(word)).as("the search works").contains("resource_record");
        assertThat(tablesWith(patient))
                .as("the search works")
                .contains("resource_record", "pull_task", "connection", "export_item");

        erase();

        assertThat(tablesWith(word)).isEmpty();
        assertThat(tablesWith(patient))
                .as("until the destination is told")
                .containsExactlyInAnyOrder("resource_record", "export_item");
        assertThat(row("SELECT string_agg(type || '/' || (to_jsonb(r) - 'id')::text, ',') FROM resource_record r"
                        + " WHERE id LIKE '%" + patient + "'"))
                .as("of the Patient its key alone")
                .startsWith("Patient/")
                .doesNotContain(patient);
        assertThat(row("SELECT count(*)::text FROM resource_record r WHERE (to_jsonb(r) - 'id')::text LIKE '%" + patient
                        + "%'"))
                .isEqualTo("0");

        enable(destination, true);

        Awaitility.await("gone for good").until(() -> tablesWith(patient).isEmpty());
        JsonNode receipt = receipt();
        assertThat(receipt.at("/deletion/tombstones").asInt()).isZero();
        assertThat(receipt.at("/deletion/delivered").asBoolean()).isTrue();
    }

    @Test
    void a_pull_that_is_under_way_lands_nothing_any_more() {
        connectBoth();
        try (Traces traces = new Traces()) {
            FaultHandle stalled =
                    source.fail(request -> request.isSearch("Observation")).with(Fault.stall());
            String pull = caravan.pullNow(connection);
            Awaitility.await("a page under way").until(() -> stalled.held() == 1);
            String task = task(caravan.pull(pull), "Observation").path("id").asText();

            erase();
            stalled.release();

            Awaitility.await("the node gives up")
                    .untilAsserted(() -> assertThat(traces.logged())
                            .anyMatch(line -> line.contains(task + " was taken over by another node")));
            assertThat(tablesWith(word)).isEmpty();
            Awaitility.await("gone for good").until(() -> tablesWith(patient).isEmpty());
            statusIs(caravan.pull(pull), "cancelled");
            assertThat(caravan.tasks(pull)).isEmpty();
        }
    }

    @Test
    void asked_again_it_answers_the_same_receipt() {
        connectBoth();
        JsonNode first = erase();
        Awaitility.await("gone for good").until(() -> stored().size() == 4);

        JsonNode again = erase();

        assertThat(again.path("erased_at")).isEqualTo(first.path("erased_at"));
        assertThat(again.path("types")).isEqualTo(first.path("types"));
        assertThat(again).isEqualTo(receipt());
        assertThat(caravan.post(caravan.path("/connections/" + connection + "/disconnect"), Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(receipt()).isEqualTo(again);
    }

    @Test
    void a_disconnected_connection_is_erased_too_and_one_that_is_disconnected_keeps_nothing_for_it() {
        connectBoth();
        String other = caravan.all("/connections").stream()
                .filter(one -> one.path("patient_id").asText().equals("p2"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
        for (String id : List.of(connection, other)) {
            caravan.post(caravan.path("/connections/" + id + "/disconnect"), Map.of())
                    .ok();
        }

        JsonNode receipt = erase();

        assertThat(receipt.path("erased").asInt()).isEqualTo(5);
        assertThat(receipt.path("kept").asInt()).isZero();
    }

    @Test
    void the_same_patient_connects_anew_and_comes_back_as_a_change() {
        connectBoth();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        erase();
        awaitDelivered(destination);

        JsonNode anew = caravan.connect(registered, patient, null).ok();

        assertThat(anew.path("id").asText()).isNotEqualTo(connection);
        caravan.awaitPull(anew.at("/latest_pull/id").asText());
        JsonNode run = caravan.awaitRuns(destination, 3).get(0);
        assertThat(delivered(s3, "lake", prefix, run.path("id").asText()))
                .containsExactly("Observation/m1", "Observation/m2", "Observation/m3", "Patient/" + patient);
        problem(
                caravan.patch(caravan.path("/connections/" + connection), Map.of("credentials", Map.of())),
                409,
                "conflict");
        assertThat(receipt().path("erased").asInt()).isEqualTo(4);
    }

    // --- what has been delivered

    @Test
    void the_receipt_names_every_object_that_holds_the_data_and_too_many_only_between_two_changes() {
        connect("p2", "original");
        List<String> destinations = List.of(newDestination(s3, "lake", prefix + "/files"), zipped());
        awaitRuns(destinations, 1);
        connectTheOne();
        awaitRuns(destinations, 2);
        pullAgain("p2", observation("a", "p2", "changed"), observation("z", "p2", "changed"));
        List<String> between = awaitRuns(destinations, 3);
        pullAgain(patient, observation("m2", patient, word + " changed"));
        awaitRuns(destinations, 4);
        pullAgain("p2", observation("a", "p2", "changed again"), observation("z", "p2", "changed again"));
        awaitRuns(destinations, 5);
        List<String> holding = objectsWith(word);
        List<String> named = new ArrayList<>(holding);
        between.forEach(run -> named.addAll(dataOf(run)));
        assertThat(holding).as("2 files and an archive, a file and an archive").hasSize(5);
        assertThat(named).as("of all there are").hasSize(7);

        JsonNode receipt = erase();

        assertThat(keys(receipt)).containsExactlyInAnyOrderElementsOf(named);
        assertThat(receipt.path("objects")).allSatisfy(object -> {
            assertThat(object.path("destination_id").asText()).isIn(destinations);
            assertThat(object.path("delivered_at").isTextual()).isTrue();
            assertThat(object.path("object_key").asText())
                    .contains(object.path("run_id").asText());
        });
        caravan.delete(caravan.path("/destinations/" + destinations.get(0)));
        assertThat(keys(receipt())).containsExactlyInAnyOrderElementsOf(named);
    }

    @Test
    void an_object_that_is_on_its_way_is_in_the_receipt_once_it_has_arrived() {
        connectBoth();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        s3.hold();
        String run = caravan.post(caravan.path("/destinations/" + destination + "/runs"), Map.of("mode", "full"))
                .ok()
                .path("id")
                .asText();
        Awaitility.await("files under way").atMost(Duration.ofSeconds(30)).until(() -> s3.held() == 2);

        JsonNode early = erase();
        s3.release();

        assertThat(early.path("objects"))
                .as("what the tries under way come to is not known yet")
                .anyMatch(object -> object.path("object_key").isNull());
        statusIs(caravan.awaitRun(run), "succeeded");
        assertThat(objectsWith(word)).anyMatch(key -> key.contains(run));
        assertThat(keys(receipt())).containsAll(objectsWith(word));
    }

    // --- the deletion

    @Test
    void a_deletion_that_fails_is_delivered_by_its_retry_and_only_then_the_tombstones_go() {
        connectBoth();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        s3.failPuts(400, 1);

        erase();

        JsonNode run = caravan.awaitRuns(destination, 2).get(0);
        statusIs(run, "partial");
        JsonNode halfway = receipt();
        assertThat(halfway.at("/deletion/delivered").asBoolean()).isFalse();
        Awaitility.await("those that were delivered go")
                .until(() -> receipt().at("/deletion/tombstones").asInt() < 4);
        assertThat(receipt().at("/deletion/tombstones").asInt()).isPositive();

        caravan.post(caravan.path("/runs/" + run.path("id").asText() + "/retry"), Map.of())
                .ok();

        awaitDelivered(destination);
        Awaitility.await("gone for good")
                .until(() -> receipt().at("/deletion/tombstones").asInt() == 0);
        assertThat(deletions(destination))
                .containsExactlyInAnyOrder("Observation/m1", "Observation/m2", "Observation/m3", "Patient/" + patient);
    }

    @Test
    void a_disabled_destination_is_told_when_it_is_enabled_and_only_then_the_tombstones_go() {
        connectBoth();
        String on = newDestination(s3, "lake", prefix);
        String off = caravan.newDestination(caravan.bucket("Off", s3, "lake", prefix + "-off"))
                .ok()
                .path("id")
                .asText();
        caravan.awaitRuns(on, 1);
        caravan.awaitRuns(off, 1);
        enable(off, false);

        erase();

        awaitDelivered(on);
        assertThat(served(off)).isFalse();
        assertThat(receipt().at("/deletion/delivered").asBoolean()).isFalse();
        camel.sendBody("bean:leave?method=purge", caravan.org());
        assertThat(receipt().at("/deletion/tombstones").asInt()).isEqualTo(4);

        enable(off, true);

        awaitDelivered(off);
        Awaitility.await("gone for good")
                .until(() -> receipt().at("/deletion/tombstones").asInt() == 0);
        assertThat(deletions(off)).hasSize(4).contains("Patient/" + patient);
        assertThat(receipt().at("/deletion/delivered").asBoolean()).isTrue();
    }

    @Test
    void a_removed_destination_is_not_waited_for() {
        connectBoth();
        String destination = newDestination(s3, "lake", prefix);
        caravan.awaitRuns(destination, 1);
        enable(destination, false);
        erase();
        assertThat(receipt().at("/deletion/delivered").asBoolean()).isFalse();

        caravan.delete(caravan.path("/destinations/" + destination));

        Awaitility.await("gone for good")
                .until(() -> receipt().at("/deletion/tombstones").asInt() == 0);
        assertThat(receipt().at("/deletion/delivered").asBoolean()).isTrue();
        assertThat(receipt().path("objects")).as("its objects are still there").isNotEmpty();
    }

    private void connectBoth() {
        connectBoth("original");
    }

    private void connectBoth(String ids) {
        connect("p2", ids);
        connectTheOne();
    }

    private void connectTheOne() {
        source.put(
                "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"%s\"}]}".formatted(patient, word));
        List.of("m1", "m2", "m3").forEach(id -> source.put(observation(id, patient, word)));
        JsonNode connected = caravan.connect(registered, patient, null).ok();
        connection = connected.path("id").asText();
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
    }

    private void connect(String id, String ids) {
        registered = caravan.post(
                        caravan.path("/sources"),
                        Map.of(
                                "name",
                                "General",
                                "fhir_base_url",
                                source.baseUrl().toString(),
                                "ids",
                                ids))
                .ok()
                .path("id")
                .asText();
        JsonNode connected = caravan.connect(registered, id, null).ok();
        statusIs(caravan.awaitPull(connected.at("/latest_pull/id").asText()), "completed");
    }

    private void pullAgain(String whose, String... changed) {
        List.of(changed).forEach(source::put);
        String id = caravan.all("/connections").stream()
                .filter(one -> one.path("patient_id").asText().equals(whose))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
        statusIs(caravan.awaitPull(caravan.pullNow(id)), "completed");
    }

    private JsonNode erase() {
        return caravan.post(caravan.path("/connections/" + connection + "/erase"), Map.of())
                .ok();
    }

    private JsonNode receipt() {
        return caravan.get(caravan.path("/connections/" + connection + "/erasure"))
                .ok();
    }

    private boolean served(String destination) {
        for (JsonNode one : receipt().at("/deletion/destinations")) {
            if (one.path("destination_id").asText().equals(destination)) {
                return one.path("delivered").asBoolean();
            }
        }
        throw new AssertionError("The receipt does not know " + destination);
    }

    private void awaitDelivered(String destination) {
        Awaitility.await("the deletion").atMost(Duration.ofSeconds(30)).until(() -> served(destination));
    }

    private void enable(String destination, boolean enabled) {
        caravan.patch(caravan.path("/destinations/" + destination), Map.of("enabled", enabled))
                .ok();
    }

    @SuppressWarnings("unchecked")
    private String zipped() {
        Map<String, Object> body = new HashMap<>(caravan.bucket("Zipped", s3, "lake", prefix + "/zipped"));
        Map<String, Object> settings = new HashMap<>((Map<String, Object>) body.get("settings"));
        settings.put("file_type", "ndjson_zip");
        body.put("settings", settings);
        return caravan.newDestination(body).ok().path("id").asText();
    }

    /** The newest run of each, once it has ended. */
    private List<String> awaitRuns(List<String> destinations, int each) {
        return destinations.stream()
                .map(destination ->
                        caravan.awaitRuns(destination, each).get(0).path("id").asText())
                .toList();
    }

    /** What a run delivered, its manifest aside. */
    private List<String> dataOf(String run) {
        return s3.keys("lake", prefix).stream()
                .filter(key -> key.contains(run) && !key.endsWith("manifest.json"))
                .toList();
    }

    /** {@code Type/id} of all that the destination was told to delete. */
    private List<String> deletions(String destination) {
        List<String> found = new ArrayList<>();
        for (JsonNode run : caravan.runs(destination)) {
            for (JsonNode item : caravan.items(run.path("id").asText())) {
                if (item.path("kind").asText().equals("deleted")
                        && item.path("object_key").isTextual()) {
                    s3.lines("lake", item.path("object_key").asText()).stream()
                            .map(CaravanDriver::parse)
                            .forEach(bundle -> bundle.path("entry")
                                    .forEach(entry ->
                                            found.add(entry.at("/request/url").asText())));
                }
            }
        }
        return found;
    }

    private static List<String> keys(JsonNode receipt) {
        List<String> keys = new ArrayList<>();
        receipt.path("objects")
                .forEach(object -> keys.add(object.path("object_key").asText()));
        return keys;
    }

    /** All objects of this test that have this word in them, unpacked where they are archives. */
    private List<String> objectsWith(String text) {
        return s3.keys("lake", prefix).stream()
                .filter(key -> key.endsWith(".zip")
                        ? unzipped(key).contains(text)
                        : new String(s3.bytes("lake", key), StandardCharsets.UTF_8).contains(text))
                .toList();
    }

    private static String unzipped(String key) {
        StringBuilder all = new StringBuilder();
        try (ZipFile zip = new ZipFile(s3.file("lake", key).toFile())) {
            for (var entry : zip.stream().toList()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    all.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    /** Every table of the database in which this text stands somewhere. */
    private List<String> tablesWith(String text) {
        return database
                .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> !table.equals("flyway_schema_history"))
                .filter(table -> database.sql(
                                "SELECT EXISTS (SELECT 1 FROM %s t WHERE t::text LIKE :text)".formatted(table))
                        .param("text", "%" + text + "%")
                        .query(Boolean.class)
                        .single())
                .toList();
    }

    private String row(String sql) {
        return database.sql(sql + (sql.contains("record_sighting") ? "" : " AND org_id = '" + caravan.org() + "'"))
                .query(String.class)
                .single();
    }

    private static String observation(String id, String whose, String text) {
        return "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/%s\"},\"performer\":[{\"reference\":\"%s\"}],\"valueString\":\"%s\"}"
                .formatted(id, whose, SHARED, text);
    }
}
