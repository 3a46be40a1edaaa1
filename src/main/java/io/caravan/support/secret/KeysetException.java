package io.caravan.support.secret;

import java.nio.file.Path;

/** The keyset file that credentials are sealed with is missing, unreadable, or no keyset: Caravan cannot start. */
public final class KeysetException extends RuntimeException {

    private KeysetException(String message, Throwable cause) {
        super(message, cause);
    }

    static KeysetException missing(Path file) {
        return new KeysetException(
                "the keyset %s is missing: restore it, or correct caravan.keyset (CARAVAN_KEYSET)".formatted(file),
                null);
    }

    static KeysetException unreadable(Path file, Exception cause) {
        return new KeysetException("the keyset %s cannot be used: %s".formatted(file, cause.getMessage()), cause);
    }

    static KeysetException unwritable(Path file, Exception cause) {
        return new KeysetException("the keyset %s cannot be changed: %s".formatted(file, cause.getMessage()), cause);
    }
}
