package io.caravan.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which a record is known to have changed. */
final class Sha256 {

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
