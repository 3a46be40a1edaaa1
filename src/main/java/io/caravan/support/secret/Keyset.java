package io.caravan.support.secret;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The keys as they were read from their file.
 *
 * @param stamp what the file looked like then; another stamp means that it has changed
 */
record Keyset(KeysetHandle handle, Aead aead, String stamp) {

    /** Tink's output prefix: one byte of version, four of key id. */
    private static final int PREFIX = 5;

    static Keyset of(KeysetHandle handle, String stamp) throws GeneralSecurityException {
        return new Keyset(handle, handle.getPrimitive(RegistryConfiguration.get(), Aead.class), stamp);
    }

    /** Of the key that seals. */
    int primaryId() {
        return handle.getPrimary().getId();
    }

    /** In the order they were made. */
    List<Integer> ids() {
        return IntStream.range(0, handle.size())
                .mapToObj(key -> handle.getAt(key).getId())
                .toList();
    }

    /** Whether it can read what was sealed; true for bytes that name no key, which then fail as altered. */
    boolean holdsKeyOf(byte[] sealed) {
        return sealed.length < PREFIX || ids().contains(idOf(sealed));
    }

    /** The id of the key that sealed these bytes, at least {@value #PREFIX} of them. */
    static int idOf(byte[] sealed) {
        return ByteBuffer.wrap(sealed, 1, PREFIX - 1).getInt();
    }
}
