package io.caravan.testing;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Resources in memory beside generated ones. No resource is of both: the generated change by number alone. */
record SourceLayers(SourceMemory memory, SourceGenerated generated) implements SourceData {

    @Override
    public Set<String> types() {
        Set<String> types = new TreeSet<>(memory.types());
        types.addAll(generated.types());
        return types;
    }

    @Override
    public boolean hasPatients(String type) {
        return memory.hasPatients(type) || generated.hasPatients(type);
    }

    @Override
    public List<String> patients() {
        List<String> patients = new ArrayList<>(memory.patients());
        patients.addAll(generated.patients());
        return patients;
    }

    @Override
    public Optional<SourceResource> get(String type, String id) {
        return memory.get(type, id).or(() -> generated.get(type, id));
    }

    @Override
    public Optional<SourceAttachment> attachment(String id) {
        return memory.attachment(id).or(() -> generated.attachment(id));
    }

    @Override
    public List<SourceResource> ofPatient(String type, String patient) {
        return SourceLists.concat(memory.ofPatient(type, patient), generated.ofPatient(type, patient));
    }

    @Override
    public List<SourceResource> ofType(String type) {
        return SourceLists.concat(memory.ofType(type), generated.ofType(type));
    }

    @Override
    public Iterator<SourceResource> all() {
        Iterator<SourceResource> first = memory.all();
        Iterator<SourceResource> second = generated.all();
        return Stream.generate(() -> first.hasNext() ? first : second)
                .takeWhile(Iterator::hasNext)
                .map(Iterator::next)
                .iterator();
    }

    @Override
    public int size() {
        return memory.size() + generated.size();
    }

    @Override
    public int size(String type) {
        return memory.size(type) + generated.size(type);
    }

    @Override
    public void put(SourceResource resource) {
        if (generated.find(resource.type(), resource.id()).isPresent()) {
            throw new IllegalArgumentException(resource.key() + " is generated, and changes by number");
        }
        memory.put(resource);
    }

    @Override
    public void put(SourceAttachment attachment) {
        memory.put(attachment);
    }

    @Override
    public boolean remove(String type, String id) {
        return memory.remove(type, id) || generated.remove(type, id);
    }
}
