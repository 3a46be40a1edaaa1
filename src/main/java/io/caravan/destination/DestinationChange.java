package io.caravan.destination;

/** What is to be changed of a destination; null leaves a part as it is. */
public record DestinationChange(
        String name, Boolean enabled, DestinationSettings settings, DestinationCredentials credentials) {

    /** Whether it must be tested before it is saved. */
    public boolean touchesDelivery() {
        return settings != null || credentials != null;
    }
}
