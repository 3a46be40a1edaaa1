package io.caravan.fault;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.fault.History.Change;
import io.caravan.fault.History.Destination;
import io.caravan.fault.History.Listed;
import io.caravan.fault.History.StoredObject;
import io.caravan.fault.History.StoredRun;
import io.caravan.testing.CaravanDriver;
import io.caravan.testing.S3Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is found when all is at rest, written into the history: by looking, not by asking Caravan wherever that is possible. */
final class Evidence {

    private record Found(StoredRun run, List<Change> changes) {}

    private final Sea sea;
    private final Map<String, Integer> written = new HashMap<>();
    private final Map<String, Found> stored = new TreeMap<>();

    private Evidence(Sea sea) {
        this.sea = sea;
    }

    /** @param repeats how many entries a FHIR server may have been sent twice */
    static History of(Sea sea, int repeats) {
        Evidence evidence = new Evidence(sea);
        evidence.readStore();
        sea.history.took(new Destination("clinic", List.copyOf(sea.written), repeats));
        evidence.readRuns();
        sea.unfinished().forEach(sea.history::open);
        return sea.history;
    }

    private void readStore() {
        List<S3Request> requests = sea.store.requests(r -> r.isPut() && r.status() == 200);
        for (int i = 0; i < requests.size(); i++) {
            written.putIfAbsent(requests.get(i).key(), i);
        }
        Map<String, List<String>> runs = new TreeMap<>();
        sea.store
                .keys(Sea.BUCKET, Sea.PREFIX + "/run_")
                .forEach(key -> runs.computeIfAbsent(key.split("/")[1], run -> new ArrayList<>())
                        .add(key));
        runs.forEach((run, keys) -> {
            if (keys.remove(manifestOf(run))) {
                stored.put(run, read(run, keys));
            }
        });
        List<Change> taken = stored.values().stream()
                .sorted(Comparator.comparingInt(found -> found.run().written()))
                .flatMap(found -> found.changes().stream())
                .toList();
        sea.history.took(new Destination("lake", taken, 0));
        stored.values().forEach(found -> sea.history.stored(found.run()));
    }

    private static String manifestOf(String run) {
        return "%s/%s/manifest.json".formatted(Sea.PREFIX, run);
    }

    private Found read(String run, List<String> keys) {
        List<Listed> listed = new ArrayList<>();
        JsonNode manifest = CaravanDriver.parse(text(manifestOf(run)));
        for (String part : List.of("output", "deleted")) {
            manifest.path(part)
                    .forEach(file -> listed.add(new Listed(
                            "%s/%s/%s"
                                    .formatted(Sea.PREFIX, run, file.path("url").asText()),
                            file.path("size").asLong(),
                            file.path("sha256").asText(),
                            file.path("count").asInt())));
        }
        List<Change> changes = new ArrayList<>();
        List<StoredObject> objects =
                keys.stream().map(key -> readObject(key, changes)).toList();
        return new Found(new StoredRun(run, written(manifestOf(run)), listed, objects), changes);
    }

    private StoredObject readObject(String key, List<Change> changes) {
        byte[] bytes = sea.store.bytes(Sea.BUCKET, key);
        String text = new String(bytes, StandardCharsets.UTF_8);
        int before = changes.size();
        text.lines().forEach(line -> changes.addAll(key.contains("/deleted/") ? deletions(line) : lines(line)));
        return new StoredObject(
                key, bytes.length, sha256(bytes), changes.size() - before, text.endsWith("\n"), written(key));
    }

    private static List<Change> lines(String line) {
        return List.of(ChangingSource.read(line));
    }

    private static List<Change> deletions(String line) {
        List<Change> deletions = new ArrayList<>();
        CaravanDriver.parse(line)
                .path("entry")
                .forEach(entry ->
                        deletions.add(new Change(entry.at("/request/url").asText(), History.DELETED)));
        return deletions;
    }

    private int written(String key) {
        return written.getOrDefault(key, Integer.MAX_VALUE);
    }

    private String text(String key) {
        return new String(sea.store.bytes(Sea.BUCKET, key), StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void readRuns() {
        CaravanDriver caravan = sea.fleet.driver();
        for (JsonNode run : caravan.all("/runs?")) {
            String id = run.path("id").asText();
            JsonNode counts = run.path("resources");
            boolean ofLake = run.path("destination_id").asText().equals(sea.lake);
            boolean ended =
                    List.of("succeeded", "partial").contains(run.path("status").asText());
            sea.history.ran(new History.Run(
                    id,
                    run.path("status").asText(),
                    counts.path("selected").asLong(),
                    counts.path("delivered").asLong(),
                    counts.path("superseded").asLong(),
                    counts.path("failed").asLong(),
                    ofLake && ended
                            ? (stored.containsKey(id) ? stored.get(id).changes().size() : 0)
                            : -1));
        }
    }
}
