package io.caravan.connection;

import io.caravan.support.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A connection's tokens as they stood in its row.
 *
 * @param revision raised with each change of the credentials
 * @param trouble null where nothing is wrong
 * @param dueAt when its token endpoint may be asked (again); null: now
 * @param readAt the database's time
 */
record TokenRow(
        String orgId,
        String id,
        String status,
        int revision,
        ConnectionCredentials credentials,
        String scope,
        String requestedScope,
        List<String> missingScopes,
        ConnectionTrouble trouble,
        int tries,
        Instant dueAt,
        Instant readAt) {

    boolean active() {
        return status.equals("active");
    }

    boolean refreshable() {
        return credentials.refreshToken() != null;
    }

    /** The access token, where more than that is left of it, or where there is no way to another. */
    Optional<Secret> token(Duration left) {
        Instant ends = credentials.expiresAt();
        boolean lasts = ends == null || !refreshable() || ends.isAfter(readAt.plus(left));
        return Optional.ofNullable(credentials.accessToken()).filter(token -> lasts);
    }

    /** How long the token endpoint is left alone from now on; zero or less where it may be asked. */
    Duration untilDue() {
        return dueAt == null ? Duration.ZERO : Duration.between(readAt, dueAt);
    }

    /** Whether these scopes allow what was not allowed before. */
    boolean widenedBy(String granted) {
        return !Scopes.missing(Scopes.list(granted), scope).isEmpty();
    }

    /** Which scopes are missing once these are granted. */
    List<String> missingAfter(String granted) {
        List<String> wanted = new ArrayList<>(Scopes.list(requestedScope));
        wanted.addAll(Scopes.list(scope));
        wanted.addAll(missingScopes);
        return Scopes.missing(wanted, granted);
    }
}
