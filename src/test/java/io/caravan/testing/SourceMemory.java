package io.caravan.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Resources held in memory, by type and id and by patient, in the order in which they came. */
final class SourceMemory implements SourceData {

    private record Owner(String type, String patient) {}

    private final Map<String, Map<String, SourceResource>> byType = new LinkedHashMap<>();
    private final Map<Owner, Map<String, SourceResource>> byPatient = new LinkedHashMap<>();
    private final Map<String, SourceAttachment> attachments = new LinkedHashMap<>();
    private final Set<String> patientTypes = new TreeSet<>();

    /** Reads every {@code .ndjson.gz} in a folder of the classpath. */
    void loadFolder(String folder) {
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
            lines.lines().filter(line -> !line.isBlank()).forEach(this::load);
        }
    }

    /** What was there when the source started has changed long ago, where it does not say when. */
    void load(String json) {
        put(SourceResource.parse(json.getBytes(StandardCharsets.UTF_8), Instant.EPOCH));
    }

    @Override
    public synchronized void put(SourceResource resource) {
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
    }

    @Override
    public synchronized void put(SourceAttachment attachment) {
        attachments.put(attachment.id(), attachment);
    }

    @Override
    public synchronized Optional<SourceAttachment> attachment(String id) {
        return Optional.ofNullable(attachments.get(id));
    }

    @Override
    public synchronized boolean remove(String type, String id) {
        if (type.equals("Binary") && attachments.remove(id) != null) {
            return true;
        }
        SourceResource old = byType.getOrDefault(type, Map.of()).get(id);
        if (old == null) {
            return false;
        }
        byType.get(type).remove(id);
        old.patients().forEach(patient -> of(type, patient).remove(id));
        return true;
    }

    @Override
    public synchronized Optional<SourceResource> get(String type, String id) {
        return Optional.ofNullable(byType.getOrDefault(type, Map.of()).get(id));
    }

    @Override
    public synchronized List<SourceResource> ofPatient(String type, String patient) {
        return List.copyOf(of(type, patient).values());
    }

    @Override
    public synchronized List<SourceResource> ofType(String type) {
        return List.copyOf(byType.getOrDefault(type, Map.of()).values());
    }

    @Override
    public synchronized Set<String> types() {
        Set<String> types = new TreeSet<>(byType.keySet());
        if (!attachments.isEmpty()) {
            types.add("Binary");
        }
        return types;
    }

    @Override
    public synchronized boolean hasPatients(String type) {
        return patientTypes.contains(type);
    }

    @Override
    public synchronized List<String> patients() {
        return List.copyOf(byType.getOrDefault("Patient", Map.of()).keySet());
    }

    @Override
    public synchronized Iterator<SourceResource> all() {
        List<SourceResource> all = new ArrayList<>();
        byType.values().forEach(resources -> all.addAll(resources.values()));
        return all.iterator();
    }

    @Override
    public synchronized int size() {
        return byType.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public synchronized int size(String type) {
        return byType.getOrDefault(type, Map.of()).size();
    }

    private Map<String, SourceResource> of(String type, String patient) {
        return byPatient.computeIfAbsent(new Owner(type, patient), owner -> new LinkedHashMap<>());
    }
}
