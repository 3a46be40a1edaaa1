package io.caravan.connection;

import java.time.Instant;

/** What is wrong with a connection's tokens, in words for the dashboard, and since when. */
public record ConnectionTrouble(String code, String message, Instant since) {

    /** Null where nothing is. */
    static ConnectionTrouble of(String code, String message, Instant since) {
        return code == null ? null : new ConnectionTrouble(code, message, since);
    }
}
