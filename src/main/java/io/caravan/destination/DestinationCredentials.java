package io.caravan.destination;

import io.caravan.support.secret.Secret;
import java.util.List;

/**
 * What a destination is opened with, one record per type of destination. Write-only: used by tests and export jobs, never
 * returned, never printed.
 */
public sealed interface DestinationCredentials permits FhirCredentials, NoCredentials, StorageCredentials {

    /** The names of what is there, in the API's words. */
    List<String> names();

    /** Null for none. */
    static String revealed(Secret secret) {
        return secret == null ? null : secret.reveal();
    }
}
