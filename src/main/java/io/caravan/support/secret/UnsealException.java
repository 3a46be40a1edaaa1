package io.caravan.support.secret;

import java.security.GeneralSecurityException;

/** A sealed secret cannot be read. Trying again does not help; the message is fit for the dashboard. */
public final class UnsealException extends RuntimeException {

    private UnsealException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The stable code of this failure. */
    public String code() {
        return "secret_unreadable";
    }

    static UnsealException unknownKey(String place) {
        return new UnsealException(
                ("%s cannot be unsealed: the keyset does not hold the key this was sealed with; start Caravan with the"
                                + " keyset it was sealed by (CARAVAN_KEYSET), or enter the secret again")
                        .formatted(place),
                null);
    }

    static UnsealException altered(String place, GeneralSecurityException cause) {
        return new UnsealException(
                "%s cannot be unsealed: it was sealed for another place, or altered; enter the secret again"
                        .formatted(place),
                cause);
    }
}
