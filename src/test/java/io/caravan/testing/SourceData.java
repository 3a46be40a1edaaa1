package io.caravan.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The resources of a simulated source, by type and id and by patient, in the order in which they came. Thread-safe. */
final class SourceData {

    private record Owner(String type, String patient) {}

    private final Map<String, Map<String, SourceResource>> byType = new LinkedHashMap<>();
    private final Map<Owner, Map<String, SourceResource>> byPatient = new LinkedHashMap<>();
    private final Set<String> patientTypes = new TreeSet<>();

    /** Reads every {@code .ndjson.gz} in a folder of the classpath. */
    void load(String folder) {
        try {
            Resource[] files =
                    new PathMatchingResourcePatternResolver().getResources("classpath*:" + folder + "/*.ndjson.gz");
            if (files.length == 0) {
                throw new IllegalArgumentException("no .ndjson.gz in the classpath folder " + folder);
            }
            Arrays.sort(files, (a, b) -> String.valueOf(a.getFilename()).compareTo(String.valueOf(b.getFilename())));
            for (Resource file : files) {
                load(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the classpath folder " + folder, e);
        }
    }

    private void load(Resource file) throws IOException {
        try (InputStream zipped = file.getInputStream();
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(zipped), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.isBlank()).forEach(this::put);
        }
    }

    /** Adds a resource, or replaces the one of the same type and id. */
    synchronized SourceResource put(String json) {
        SourceResource resource = SourceResource.parse(json.getBytes(StandardCharsets.UTF_8));
        SourceResource old = byType.computeIfAbsent(resource.type(), type -> new LinkedHashMap<>())
                .put(resource.id(), resource);
        if (old != null) {
            old.patients().stream()
                    .filter(patient -> !resource.patients().contains(patient))
                    .forEach(patient -> of(old.type(), patient).remove(old.id()));
        }
        resource.patients().forEach(patient -> of(resource.type(), patient).put(resource.id(), resource));
        if (!resource.patients().isEmpty()) {
            patientTypes.add(resource.type());
        }
        return resource;
    }

    /** Whether there was one. */
    synchronized boolean remove(String type, String id) {
        SourceResource old = byType.getOrDefault(type, Map.of()).get(id);
        if (old == null) {
            return false;
        }
        byType.get(type).remove(id);
        old.patients().forEach(patient -> of(type, patient).remove(id));
        return true;
    }

    synchronized Optional<SourceResource> get(String type, String id) {
        return Optional.ofNullable(byType.getOrDefault(type, Map.of()).get(id));
    }

    synchronized List<SourceResource> ofPatient(String type, String patient) {
        return List.copyOf(of(type, patient).values());
    }

    synchronized List<SourceResource> ofType(String type) {
        return List.copyOf(byType.getOrDefault(type, Map.of()).values());
    }

    /** Every type ever held, sorted; one whose resources were all removed is still offered. */
    synchronized Set<String> types() {
        return new TreeSet<>(byType.keySet());
    }

    /** Whether resources of this type name a patient, so that it can be searched by one. */
    synchronized boolean hasPatients(String type) {
        return patientTypes.contains(type);
    }

    synchronized List<SourceResource> all() {
        List<SourceResource> all = new ArrayList<>();
        byType.values().forEach(resources -> all.addAll(resources.values()));
        return all;
    }

    private Map<String, SourceResource> of(String type, String patient) {
        return byPatient.computeIfAbsent(new Owner(type, patient), owner -> new LinkedHashMap<>());
    }
}
