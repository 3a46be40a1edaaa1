package io.caravan.connection;

import io.caravan.connection.SingleFlight.Landed;
import io.caravan.support.secret.Secret;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The tokens to ask sources with. One is used while more than a minute of it is left, by the database's clock; then it is
 * refreshed, once, however many threads and nodes wait for it: of a node one thread waits for the row, and the others for
 * that thread, so that they hold no connection to the database.
 */
@Component
public class AccessTokens {

    private record Key(String orgId, String id) {}

    private final TokenRows rows;
    private final TokenChanges changes;
    private final TokenSettings settings;
    private final SingleFlight<Key, Secret> refreshes = new SingleFlight<>();

    AccessTokens(TokenRows rows, TokenChanges changes, TokenSettings settings) {
        this.rows = rows;
        this.changes = changes;
        this.settings = settings;
    }

    /**
     * The token to ask with; empty for an open source.
     *
     * @throws TokenException where there is none
     */
    public Optional<Secret> current(String orgId, String connectionId) {
        TokenRow row = active(orgId, connectionId);
        if (row.credentials().none()) {
            return Optional.empty();
        }
        Optional<Secret> token = row.token(settings.refreshBefore());
        return token.isPresent() ? token : Optional.of(refreshed(row, Optional.empty()));
    }

    /**
     * Another token than the one that the source answered 401 to: what was stored since, or one that is refreshed now.
     *
     * @param refused empty where it was asked without one
     * @throws TokenException where there is none; {@code reconnect_needed} where there is no way to one
     */
    public Secret instead(String orgId, String connectionId, Optional<Secret> refused) {
        TokenRow row = active(orgId, connectionId);
        Optional<Secret> other =
                row.token(settings.refreshBefore()).filter(token -> !refused.equals(Optional.of(token)));
        if (other.isPresent()) {
            return other.get();
        }
        if (!row.refreshable()) {
            throw changes.rejected(orgId, connectionId, refused);
        }
        return refreshed(row, refused);
    }

    /** What to throw where the source answered 401 to a token that {@link #instead} gave: the connection ends here. */
    public TokenException rejected(String orgId, String connectionId, Secret refused) {
        return changes.rejected(orgId, connectionId, Optional.of(refused));
    }

    private TokenRow active(String orgId, String connectionId) {
        TokenRow row = rows.read(orgId, connectionId);
        if (!row.active()) {
            throw TokenChanges.lost(row);
        }
        return row;
    }

    /** Another thread may have found the refused token still good: what it found is no answer to this one. */
    private Secret refreshed(TokenRow row, Optional<Secret> refused) {
        Landed<Secret> landed;
        do {
            landed = refreshes.join(new Key(row.orgId(), row.id()), () -> changes.refresh(row));
        } while (!landed.own() && refused.equals(Optional.of(landed.value())));
        return landed.value();
    }
}
