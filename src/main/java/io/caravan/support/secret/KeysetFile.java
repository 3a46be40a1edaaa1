package io.caravan.support.secret;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.caravan.support.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tink's keyset as a file of mode 600. */
final class KeysetFile {

    private static final Logger log = LoggerFactory.getLogger(KeysetFile.class);

    private final Path file;

    private KeysetFile(Path file) {
        this.file = file;
    }

    /** The named keyset, which must exist; without a name the data directory's, made on first use. */
    static KeysetFile of(KeysetSettings settings) {
        if (settings.keyset() != null) {
            return new KeysetFile(settings.keyset());
        }
        KeysetFile made = new KeysetFile(settings.dataDir().resolve("keyset.json"));
        if (!Files.exists(made.file)) {
            made.make();
        }
        return made;
    }

    /** @throws KeysetException where it is missing, or no keyset */
    Keyset read() {
        if (!Files.exists(file)) {
            throw KeysetException.missing(file);
        }
        try {
            AeadConfig.register();
            String stamp = stamp();
            return Keyset.of(
                    TinkJsonProtoKeysetFormat.parseKeyset(Files.readString(file), InsecureSecretKeyAccess.get()),
                    stamp);
        } catch (IOException | GeneralSecurityException e) {
            throw KeysetException.unreadable(file, e);
        }
    }

    /** Changes with the file: every change here is a new file in its place. */
    String stamp() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    }

    /**
     * Replaces the keyset in one step: readers find the old one or the new one. Two changes at once come one after the
     * other, the second on what the first has made.
     *
     * @throws KeysetException where this process may not write there
     */
    void change(UnaryOperator<KeysetHandle> change) {
        Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // until the channel is closed
            KeysetHandle changed = change.apply(read().handle());
            PrivateFiles.replace(
                    file, TinkJsonProtoKeysetFormat.serializeKeyset(changed, InsecureSecretKeyAccess.get()));
        } catch (IOException | GeneralSecurityException e) {
            throw KeysetException.unwritable(file, e);
        }
    }

    private void make() {
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
