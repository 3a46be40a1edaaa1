package io.caravan.api;

import io.caravan.connection.Connection;
import io.caravan.connection.ConnectionTrouble;
import io.caravan.run.Pull;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A connection as the API shows it.
 *
 * @param error why it has to be reconnected; of an active one, why it gets no token for the time being; null: all is well
 * @param credentialsSet which credentials exist, each with the time it was stored
 */
record ConnectionView(
        String id,
        String sourceId,
        String patientId,
        String scope,
        String requestedScope,
        List<String> missingScopes,
        String status,
        ConnectionTrouble error,
        Map<String, Instant> credentialsSet,
        Pull latestPull,
        Instant nextPullAt,
        Instant createdAt,
        Instant updatedAt,
        Instant erasedAt) {

    static ConnectionView of(Connection connection, Pull latestPull) {
        return new ConnectionView(
                connection.id(),
                connection.sourceId(),
                connection.patientId(),
                connection.scope(),
                connection.requestedScope(),
                connection.missingScopes(),
                connection.status(),
                connection.trouble(),
                since(connection.credentialsSet(), connection.credentialsAt()),
                latestPull,
                connection.nextPullAt(),
                connection.createdAt(),
                connection.updatedAt(),
                connection.erasedAt());
    }

    static Map<String, Instant> since(List<String> names, Instant at) {
        Map<String, Instant> set = new TreeMap<>();
        names.forEach(name -> set.put(name, at));
        return set;
    }
}
