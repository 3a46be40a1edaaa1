package io.caravan.destination;

import java.net.URI;

/** Where a destination's deliveries go, without its credentials. One record per type of destination. */
public sealed interface DestinationSettings permits FhirSettings, StoreSettings {

    /** The destination's {@code type}, as in the API. */
    String type();

    /** Suffix of the leaf route {@code deliver-<kind>}: a vendor may be reached in one way or another. */
    String kind(DestinationCredentials credentials);

    /** The server that is connected to: credentials are for it alone. */
    URI reached();
}
