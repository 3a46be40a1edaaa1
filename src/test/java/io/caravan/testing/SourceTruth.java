package io.caravan.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * What a correct pull of some patients holds. First come, patient by patient, the Patient and what is the patient's; then
 * what those refer to, and so on. Kept are the keys of the latter, and of resources that are several patients'.
 */
final class SourceTruth implements Iterator<SourceResource> {

    /** The types that come only by following references (sources.md 5). */
    static final Set<String> FOLLOWED =
            Set.of("Location", "Medication", "Organization", "Practitioner", "PractitionerRole");

    private static final String REFERENCE = "\"reference\":\"";

    private final SourceData data;
    private final String base;
    private final List<String> types;
    private final Deque<String> patients;
    private final Set<String> seen = new HashSet<>();
    private final Deque<String> referred = new ArrayDeque<>();
    private String patient = "";
    private Deque<String> typesLeft = new ArrayDeque<>();
    private Iterator<SourceResource> block = Collections.emptyIterator();
    private Optional<SourceResource> next = Optional.empty();

    SourceTruth(SourceData data, String baseUrl, Collection<String> patients) {
        this.data = data;
        this.base = baseUrl + "/";
        this.types = data.types().stream().filter(data::hasPatients).toList();
        this.patients = new ArrayDeque<>(patients);
        advance();
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public SourceResource next() {
        SourceResource found = next.orElseThrow(NoSuchElementException::new);
        follow(found.json());
        advance();
        return found;
    }

    private void advance() {
        do {
            next = find();
        } while (next.filter(this::wasSeen).isPresent());
    }

    private boolean wasSeen(SourceResource resource) {
        return resource.patients().size() > 1 && !seen.add(resource.key());
    }

    private Optional<SourceResource> find() {
        while (true) {
            if (block.hasNext()) {
                return Optional.of(block.next());
            }
            if (!typesLeft.isEmpty()) {
                block = data.ofPatient(typesLeft.remove(), patient).iterator();
            } else if (!patients.isEmpty()) {
                patient = patients.remove();
                typesLeft = new ArrayDeque<>(types);
                block = data.get("Patient", patient).stream().iterator();
            } else if (!referred.isEmpty()) {
                String[] key = referred.remove().split("/");
                block = data.get(key[0], key[1]).stream().iterator();
            } else {
                return Optional.empty();
            }
        }
    }

    /** Notes which followed resources these bytes refer to, by a reference without white space in it. */
    private void follow(byte[] json) {
        String text = new String(json, StandardCharsets.ISO_8859_1);
        int from = text.indexOf(REFERENCE);
        while (from >= 0) {
            from += REFERENCE.length();
            note(text.substring(from, text.indexOf('"', from)).replace("\\/", "/"));
            from = text.indexOf(REFERENCE, from);
        }
    }

    private void note(String reference) {
        String local = reference.startsWith(base) ? reference.substring(base.length()) : reference;
        String key = local.replaceFirst("/_history/.*|#.*", "");
        int slash = key.indexOf('/');
        if (slash > 0
                && FOLLOWED.contains(key.substring(0, slash))
                && key.indexOf('/', slash + 1) < 0
                && !types.contains(key.substring(0, slash))
                && seen.add(key)) {
            referred.add(key);
        }
    }
}
