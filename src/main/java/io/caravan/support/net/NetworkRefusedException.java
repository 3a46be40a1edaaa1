package io.caravan.support.net;

import java.net.UnknownHostException;

/**
 * Caravan does not connect there. Trying again does not help; the message names the setting that would allow it. It is
 * an {@link UnknownHostException} because that is what resolvers may throw and clients do not repeat.
 */
public final class NetworkRefusedException extends UnknownHostException {

    NetworkRefusedException(String message) {
        super(message);
    }

    /** The stable code of this failure. */
    public String code() {
        return "network_refused";
    }
}
