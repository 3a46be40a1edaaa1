package io.caravan.connection;

import io.caravan.support.Checks;
import java.util.List;

/**
 * What a patient's consent gave.
 *
 * @param scope what was granted; null where the source did not say
 * @param requestedScope what was asked for; null where that is not known
 */
public record Grant(String scope, String requestedScope, ConnectionCredentials credentials) {

    private static final int MAX_SCOPE = 4000;

    void check() {
        new Checks()
                .optionalText("scope", scope, MAX_SCOPE)
                .optionalText("requested_scope", requestedScope, MAX_SCOPE)
                .done();
        credentials.check();
    }

    /** What of it was asked for in vain; what is not said here stands as the connection has it. */
    List<String> missing(Connection before) {
        return Scopes.missing(
                Scopes.list(requestedScope == null ? before.requestedScope() : requestedScope),
                scope == null ? before.scope() : scope);
    }
}
