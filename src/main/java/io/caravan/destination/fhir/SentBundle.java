package io.caravan.destination.fhir;

import java.util.List;

/**
 * The entries of a bundle that was sent, in its order.
 *
 * @param transaction whether it is taken whole or not at all
 */
public record SentBundle(boolean transaction, List<Entry> entries) {

    public SentBundle {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("A bundle has at least one entry");
        }
    }

    /** {@code PUT Type/id}, or {@code DELETE Type/id}. */
    public record Entry(boolean delete, String type, String id) {}

    boolean single() {
        return entries.size() == 1;
    }
}
