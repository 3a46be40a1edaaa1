package io.caravan.testing;

import io.caravan.testing.generated.GeneratedResources.Version;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What changed of resources that are known by number. Each patient's changes are a map of its own that is never changed. */
final class SourceChanges {

    /** What became of a resource. */
    record Change(Version version, boolean removed) {
        static final Change NONE = new Change(Version.FIRST, false);
    }

    private final Map<Integer, Map<Integer, Change>> byPatient = new ConcurrentHashMap<>();

    void change(int patient, int number, Instant at) {
        put(
                patient,
                number,
                new Change(new Version(of(patient, number).version().number() + 1, at), false));
    }

    void remove(int patient, int number) {
        put(patient, number, new Change(of(patient, number).version(), true));
    }

    private synchronized void put(int patient, int number, Change change) {
        Map<Integer, Change> changed = new HashMap<>(byPatient.getOrDefault(patient, Map.of()));
        changed.put(number, change);
        byPatient.put(patient, changed);
    }

    Change of(int patient, int number) {
        return byPatient.getOrDefault(patient, Map.of()).getOrDefault(number, Change.NONE);
    }

    /** The patient's changes as they are now, by number, whatever happens afterwards. */
    IntFunction<Change> now(int patient) {
        Map<Integer, Change> changes = byPatient.getOrDefault(patient, Map.of());
        return number -> changes.getOrDefault(number, Change.NONE);
    }

    /** The same of all patients, whose index a number tells. */
    IntFunction<Change> now(IntFunction<Integer> patientOf) {
        Map<Integer, Map<Integer, Change>> changes = new HashMap<>(byPatient);
        return number -> changes.getOrDefault(patientOf.apply(number), Map.of()).getOrDefault(number, Change.NONE);
    }

    /** How many resources have changed. */
    int size() {
        return byPatient.values().stream().mapToInt(Map::size).sum();
    }

    /** The numbers of those that were removed. */
    IntStream removed() {
        return byPatient.values().stream()
                .flatMap(changes -> changes.entrySet().stream())
                .filter(change -> change.getValue().removed())
                .mapToInt(Map.Entry::getKey);
    }
}
