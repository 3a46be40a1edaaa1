package io.caravan.destination;

/** Where a destination's deliveries go, without its credentials. One record per type of destination. */
public sealed interface DestinationSettings permits ObjectStorageSettings {

    /** The destination's {@code type}, as in the API. */
    String type();

    /** Suffix of the leaf route {@code deliver-<kind>}. */
    String kind();
}
