package io.caravan.connection;

import java.time.Instant;
import java.util.List;

/**
 * One patient's grant at one source.
 *
 * @param patientId as the source spells it; null once it is erased
 * @param scope the granted scopes, as the source said last; null where it named none
 * @param requestedScope the scopes that were asked for; null where that is not known
 * @param missingScopes what was asked for, or granted earlier, and is not granted now
 * @param status {@code active}, {@code refresh_failed} or {@code disconnected}
 * @param credentialsSet which credentials are stored, by their names in the API; none for an open source
 * @param credentialsAt since when; null where there are none
 * @param revision raised when the credentials change
 * @param nextPullAt when the schedule pulls it next; null when never
 * @param trouble what is wrong with its tokens; null where nothing is
 * @param erasedAt since when its patient's data is erased; null otherwise
 */
public record Connection(
        String orgId,
        String id,
        String sourceId,
        String patientId,
        String scope,
        String requestedScope,
        List<String> missingScopes,
        String status,
        List<String> credentialsSet,
        Instant credentialsAt,
        int revision,
        Instant createdAt,
        Instant updatedAt,
        Instant nextPullAt,
        ConnectionTrouble trouble,
        Instant erasedAt) {

    /** Whether it was ended: nothing is pulled, and it sees no record any more. */
    public boolean disconnected() {
        return status.equals("disconnected");
    }

    /** Whether it can be pulled. */
    public boolean active() {
        return status.equals("active");
    }
}
