package io.caravan.connection;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/**
 * There is no token to ask the source with. It concerns all queries of the connection alike: they wait, or they end.
 * The message is fit for the dashboard.
 */
public final class TokenException extends CaravanException {

    private final transient Duration wait;

    private TokenException(ErrorCode code, String message, Duration wait) {
        super(code, message);
        this.wait = wait;
    }

    /** The grant is worth nothing any more. */
    static TokenException reconnect(String why) {
        return new TokenException(ErrorCode.RECONNECT_NEEDED, why + " Ask the patient to reconnect.", null);
    }

    /** The token endpoint refuses, or has failed for too long: somebody has to look at it. */
    static TokenException ends(ErrorCode code, String why) {
        return new TokenException(code, why, null);
    }

    /** The token endpoint fails for the time being. */
    static TokenException passing(ErrorCode code, String why, Duration wait) {
        return new TokenException(code, why, wait.isNegative() ? Duration.ZERO : wait);
    }

    /** After which time it is worth asking again; empty where that takes a person. */
    public Optional<Duration> waiting() {
        return Optional.ofNullable(wait);
    }
}
