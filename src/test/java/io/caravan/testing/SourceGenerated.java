package io.caravan.testing;

import io.caravan.testing.SourceChanges.Change;
import io.caravan.testing.generated.GeneratedResources;
import io.caravan.testing.generated.GeneratedResources.Key;
import io.caravan.testing.generated.GeneratedResources.Plan;
import io.caravan.testing.generated.GeneratedResources.Version;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.RandomAccess;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Generated resources: none is held, each is made when it is asked for. What is held is what changed since, by number.
 * Numbers go from 0 to below {@link #count}; those of one patient are together.
 */
public final class SourceGenerated implements SourceData {

    private final GeneratedResources resources;
    private final SourceChanges changes = new SourceChanges();
    private final AtomicLong made = new AtomicLong();

    SourceGenerated(Plan plan) {
        resources = new GeneratedResources(plan);
    }

    /** How many resources were generated, those removed since included. */
    public int count() {
        return resources.count();
    }

    /** How many times a resource was made: served, compared or searched through. */
    public long made() {
        return made.get();
    }

    /** How many resources have changed or were removed: all that is remembered of them. */
    public int changed() {
        return changes.size();
    }

    /** @throws IllegalArgumentException where it was removed */
    public SourceResource nth(int number) {
        Change change = changeOf(number);
        if (change.removed()) {
            throw new IllegalArgumentException("resource %d was removed".formatted(number));
        }
        return make(number, change.version());
    }

    private Change changeOf(int number) {
        return changes.of(resources.patientOf(number), number);
    }

    /** The number of the resource with this key; empty where there is none, or none any more. */
    public OptionalInt find(String type, String id) {
        OptionalInt number = resources.find(type, id);
        return number.isPresent() && !changeOf(number.getAsInt()).removed() ? number : OptionalInt.empty();
    }

    /** Gives the resource a new version with other content, changed now; one that was removed is there again. */
    public void change(int number) {
        change(number, Instant.now());
    }

    /** The same, changed at this time, which its {@code meta.lastUpdated} says too. */
    public void change(int number, Instant at) {
        changes.change(resources.patientOf(number), number, at);
    }

    /** Removes the resource, whose Binary goes with it. */
    public void remove(int number) {
        changes.remove(resources.patientOf(number), number);
    }

    @Override
    public boolean remove(String type, String id) {
        OptionalInt number = find(type, id);
        number.ifPresent(this::remove);
        return number.isPresent();
    }

    private SourceResource make(int number, Version version) {
        made.incrementAndGet();
        Key key = resources.key(number);
        return new SourceResource(
                key.type(),
                key.id(),
                key.patient().isEmpty() ? Set.of() : Set.of(key.patient()),
                resources.changed(number, version),
                resources.json(number, version));
    }

    @Override
    public Set<String> types() {
        Set<String> types = new TreeSet<>(resources.types());
        types.add("Binary");
        return types;
    }

    @Override
    public boolean hasPatients(String type) {
        return resources.isOfPatients(type);
    }

    @Override
    public List<String> patients() {
        return IntStream.range(0, resources.patients())
                .map(resources::patient)
                .filter(number -> !changeOf(number).removed())
                .mapToObj(resources::id)
                .toList();
    }

    @Override
    public Optional<SourceResource> get(String type, String id) {
        OptionalInt number = find(type, id);
        return number.isPresent() ? Optional.of(nth(number.getAsInt())) : Optional.empty();
    }

    @Override
    public Optional<SourceAttachment> attachment(String id) {
        OptionalInt number = find("DocumentReference", id);
        if (number.isEmpty()) {
            return Optional.empty();
        }
        int document = number.getAsInt();
        Version version = changeOf(document).version();
        return Optional.of(SourceAttachment.filled(
                id,
                resources.mediaType(document),
                resources.attachmentLength(document, version),
                resources.attachmentSeed(document, version)));
    }

    @Override
    public List<SourceResource> ofPatient(String type, String patient) {
        OptionalInt number = resources.find("Patient", patient);
        if (number.isEmpty() || !hasPatients(type)) {
            return List.of();
        }
        int index = resources.patientOf(number.getAsInt());
        return list(range(resources.first(type, index), resources.count(type)), changes.now(index));
    }

    @Override
    public List<SourceResource> ofType(String type) {
        return list(numbers(type), changes.now(resources::patientOf));
    }

    private IntStream numbers(String type) {
        IntStream patients = IntStream.range(0, resources.patients());
        if (type.equals("Patient")) {
            return patients.map(resources::patient);
        }
        return hasPatients(type)
                ? patients.flatMap(patient -> range(resources.first(type, patient), resources.count(type)))
                : resources.types().contains(type)
                        ? range(resources.first(type), resources.count(type))
                        : IntStream.empty();
    }

    private static IntStream range(int from, int size) {
        return IntStream.range(from, from + size);
    }

    /** Those that are not removed: their numbers, and what changed of them by now. */
    private List<SourceResource> list(IntStream numbers, IntFunction<Change> now) {
        int[] left = numbers.filter(number -> !now.apply(number).removed()).toArray();
        return new Numbered(left, now);
    }

    private final class Numbered extends AbstractList<SourceResource> implements RandomAccess {

        private final int[] numbers;
        private final IntFunction<Change> now;

        Numbered(int[] numbers, IntFunction<Change> now) {
            this.numbers = numbers;
            this.now = now;
        }

        @Override
        public SourceResource get(int index) {
            return make(numbers[index], now.apply(numbers[index]).version());
        }

        @Override
        public int size() {
            return numbers.length;
        }
    }

    @Override
    public Iterator<SourceResource> all() {
        return IntStream.range(0, count())
                .filter(number -> !changeOf(number).removed())
                .mapToObj(number -> make(number, changeOf(number).version()))
                .iterator();
    }

    @Override
    public int size() {
        return count() - (int) changes.removed().count();
    }

    @Override
    public int size(String type) {
        int generated = resources.count(type) * (hasPatients(type) ? resources.patients() : 1);
        return generated
                - (int) changes.removed()
                        .filter(number -> resources.key(number).type().equals(type))
                        .count();
    }

    /** What is put beside generated resources is held elsewhere: {@link SourceLayers}. */
    @Override
    public void put(SourceResource resource) {
        throw new UnsupportedOperationException("change generated resources by number");
    }

    @Override
    public void put(SourceAttachment attachment) {
        throw new UnsupportedOperationException("generated attachments change with their document");
    }
}
