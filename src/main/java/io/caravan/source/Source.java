package io.caravan.source;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * A FHIR R4 server that patients grant access to.
 *
 * @param fhirBaseUrl normalised: no trailing slash, query or fragment
 * @param key what scoped ids start with, unique in the organization, fixed for good
 * @param ids {@code original} or {@code scoped}
 * @param profile the vendor profile's name; {@code auto} finds it from the server
 * @param detectedProfile what {@code auto} found; null before the first pull, and where the profile is given
 * @param holdUntil until when nothing is asked of it, for it asked to wait; null where it can be asked
 * @param holdReason what it said then; null where it can be asked
 */
public record Source(
        String orgId,
        String id,
        String name,
        URI fhirBaseUrl,
        String key,
        String ids,
        String profile,
        String detectedProfile,
        Duration pullEvery,
        Instant holdUntil,
        String holdReason,
        Instant createdAt,
        Instant updatedAt) {

    /** Whether ids and references are rewritten when a record lands. */
    public boolean scoped() {
        return ids.equals("scoped");
    }
}
