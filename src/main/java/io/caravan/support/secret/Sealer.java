package io.caravan.support.secret;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Seals texts for one column of one row: what is copied into another place cannot be read there. A keyset may hold
 * several keys; its primary one seals, all of them unseal.
 */
@Component
public final class Sealer {

    /** Tink's output prefix: one byte of version, four of key id. */
    private static final int PREFIX = 5;

    private final KeysetHandle keyset;
    private final Aead aead;

    Sealer(KeysetSettings settings) throws GeneralSecurityException {
        this.keyset = KeysetFile.open(settings);
        this.aead = keyset.getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    /** The sealed text; sealing the same twice gives different bytes. */
    public byte[] seal(String plaintext, String table, String row, String column) {
        try {
            return aead.encrypt(plaintext.getBytes(StandardCharsets.UTF_8), associated(table, row, column));
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
        if (!holdsKeyOf(sealed)) {
            throw UnsealException.unknownKey(place(table, row, column));
        }
        try {
            return new String(aead.decrypt(sealed, associated), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw UnsealException.altered(place(table, row, column), e);
        }
    }

    private boolean holdsKeyOf(byte[] sealed) {
        if (sealed.length < PREFIX) {
            return true; // no key at all: let it fail as altered
        }
        int id = ByteBuffer.wrap(sealed, 1, PREFIX - 1).getInt();
        return IntStream.range(0, keyset.size())
                .anyMatch(key -> keyset.getAt(key).getId() == id);
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
