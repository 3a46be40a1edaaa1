package io.caravan.support.secret;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Seals texts for one column of one row: what is copied into another place cannot be read there. A keyset may hold
 * several keys; its primary one seals, all of them unseal. The keyset's file may change while Caravan runs: it is read
 * again before something is sealed, and where a key is missing.
 */
@Component
public final class Sealer {

    private static final Logger log = LoggerFactory.getLogger(Sealer.class);

    private final KeysetFile file;
    private volatile Keyset keyset;

    Sealer(KeysetSettings settings) {
        this.file = KeysetFile.of(settings);
        this.keyset = file.read();
    }

    /** The sealed text; sealing the same twice gives different bytes. */
    public byte[] seal(String plaintext, String table, String row, String column) {
        byte[] associated = associated(table, row, column);
        try {
            return current().aead().encrypt(plaintext.getBytes(StandardCharsets.UTF_8), associated);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal " + place(table, row, column), e);
        }
    }

    /**
     * The text that was sealed for exactly this place.
     *
     * @throws UnsealException where the key is not in the keyset, or the bytes were altered or sealed for another place
     */
    public String unseal(byte[] sealed, String table, String row, String column) {
        byte[] associated = associated(table, row, column);
        Keyset keys = keyset.holdsKeyOf(sealed) ? keyset : current();
        if (!keys.holdsKeyOf(sealed)) {
            throw UnsealException.unknownKey(place(table, row, column));
        }
        try {
            return new String(keys.aead().decrypt(sealed, associated), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw UnsealException.altered(place(table, row, column), e);
        }
    }

    /** The keys as the file has them now. */
    Keyset keys() {
        return current();
    }

    /** Adds a key that reads, and does not seal yet: for nodes that have a copy of the file each. */
    void addKey() {
        file.change(Sealer::withAnotherKey);
    }

    /** The newest key seals from now on, on every node that reads this file. */
    void useNewestKey() {
        file.change(Sealer::newestIsPrimary);
    }

    private Keyset current() {
        try {
            if (!file.stamp().equals(keyset.stamp())) {
                keyset = file.read();
            }
        } catch (IOException | KeysetException e) {
            log.warn("The keyset can no longer be read; going on with the keys read before: {}", e.getMessage());
        }
        return keyset;
    }

    private static KeysetHandle withAnotherKey(KeysetHandle keys) {
        try {
            return KeysetHandle.newBuilder(keys)
                    .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                            .withRandomId())
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Tink has AES-256-GCM", e);
        }
    }

    private static KeysetHandle newestIsPrimary(KeysetHandle keys) {
        try {
            KeysetHandle.Builder builder = KeysetHandle.newBuilder(keys);
            builder.getAt(keys.size() - 1).makePrimary();
            return builder.build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A keyset with a key has a newest one", e);
        }
    }

    private static byte[] associated(String table, String row, String column) {
        return (part(table) + "|" + part(row) + "|" + part(column)).getBytes(StandardCharsets.UTF_8);
    }

    private static String part(String name) {
        if (name.isEmpty() || name.indexOf('|') >= 0) {
            throw new IllegalArgumentException("not the name of a table, row or column: '" + name + "'");
        }
        return name;
    }

    private static String place(String table, String row, String column) {
        return "%s.%s of %s".formatted(table, column, row);
    }
}
