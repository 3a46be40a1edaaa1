package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.testing.CaravanDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A patient is erased elsewhere, too: destinations are sent the deletion, and a receipt says where the data may still be. */
class ErasureReceiptIT extends ErasureCase {

    @Autowired
    private ProducerTemplate camel;

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
}
