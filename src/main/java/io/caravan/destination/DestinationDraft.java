package io.caravan.destination;

/** A destination as it is to be tested, then saved. Body of {@code direct:test-destination}. */
public record DestinationDraft(
        String orgId, String name, String type, DestinationSettings settings, DestinationCredentials credentials) {

    public DestinationDraft {
        if (settings instanceof ObjectStorageSettings store && credentials instanceof StorageCredentials keys) {
            keys.requireFor(store);
        }
    }
}
