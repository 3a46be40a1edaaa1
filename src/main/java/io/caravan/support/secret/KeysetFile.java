package io.caravan.support.secret;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.caravan.support.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tink's keyset as a file of mode 600. */
final class KeysetFile {

    private static final Logger log = LoggerFactory.getLogger(KeysetFile.class);

    private KeysetFile() {}

    /** The named keyset, which must exist; without a name the data directory's, made on first use. */
    static KeysetHandle open(KeysetSettings settings) {
        if (settings.keyset() != null) {
            return read(settings.keyset());
        }
        Path file = settings.dataDir().resolve("keyset.json");
        if (!Files.exists(file)) {
            make(file);
        }
        return read(file);
    }

    private static KeysetHandle read(Path file) {
        if (!Files.exists(file)) {
            throw KeysetException.missing(file);
        }
        try {
            AeadConfig.register();
            return TinkJsonProtoKeysetFormat.parseKeyset(Files.readString(file), InsecureSecretKeyAccess.get());
        } catch (IOException | GeneralSecurityException e) {
            throw KeysetException.unreadable(file, e);
        }
    }

    private static void make(Path file) {
        try {
            AeadConfig.register();
            KeysetHandle keyset = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
            PrivateFiles.create(file, TinkJsonProtoKeysetFormat.serializeKeyset(keyset, InsecureSecretKeyAccess.get()));
            log.warn(
                    "Made the keyset {} that seals credentials: back it up apart from the database (lost, no credential"
                            + " can be read again), and name it by CARAVAN_KEYSET on every node",
                    file.normalize());
        } catch (FileAlreadyExistsException e) {
            log.debug("Another process made {} meanwhile", file);
        } catch (IOException | GeneralSecurityException e) {
            throw KeysetException.unreadable(file, e);
        }
    }
}
