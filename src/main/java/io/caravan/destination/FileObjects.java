package io.caravan.destination;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.stereotype.Component;

/** What camel-file has no operation for: making sure of the place, a look at a file, and deleting one again. */
@Component
public class FileObjects {

    /** How the names of files begin that are being written. */
    static final String UNFINISHED = ".caravan-";

    private final FileRoot root;

    FileObjects(FileRoot root) {
        this.root = root;
    }

    /**
     * The root, once it is sure that the object would lie below it. What earlier tries left unfinished is deleted.
     *
     * @throws FileFailure where it would not
     */
    public String place(String directory, String key) {
        Path object = root.object(directory, key);
        if (Files.isDirectory(object.getParent())) {
            try (DirectoryStream<Path> left =
                    Files.newDirectoryStream(object.getParent(), UNFINISHED + "*-" + object.getFileName())) {
                for (Path one : left) {
                    Files.deleteIfExists(one);
                }
            } catch (IOException e) {
                throw new FileFailure(FileAnswers.meaning(e), "");
            }
        }
        return root.path().toString();
    }

    /** The file's size and MD5, read from it. */
    public StoredObject look(String directory, String key) {
        Path object = root.object(directory, key);
        MessageDigest md5 = md5();
        long bytes = 0;
        try (InputStream in = Files.newInputStream(object)) {
            byte[] chunk = new byte[1 << 16];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                md5.update(chunk, 0, n);
                bytes += n;
            }
        } catch (IOException e) {
            throw new FileFailure(FileAnswers.meaning(e), "");
        }
        return new StoredObject(bytes, HexFormat.of().formatHex(md5.digest()));
    }

    /** Deletes the file, which may be gone already, and the folders that are empty then, up to the destination's own. */
    public void remove(String directory, String key) {
        Path object = root.object(directory, key);
        try {
            Files.deleteIfExists(object);
            Path own = root.directory(directory);
            for (Path on = object.getParent(); !on.equals(own) && empty(on); on = on.getParent()) {
                Files.deleteIfExists(on);
            }
        } catch (IOException e) {
            throw new FileFailure(FileAnswers.meaning(e), "");
        }
    }

    private static boolean empty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return true;
        }
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            return !inside.iterator().hasNext();
        }
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }
}
