package io.caravan.destination;

import io.caravan.support.Checks;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * A directory of the file system that Caravan's nodes share, below {@code caravan.file.root}. Its name becomes part of a
 * file's name, which Camel evaluates: nothing but letters, digits and {@code . _ / -} may enter, and no part may begin with a dot.
 *
 * @param directory relative to the root
 * @param fileType as for object storage
 * @param targetFileSize bytes that a file has at most before it is compressed, unless it is a single record; null for the
 *     deployment's default
 */
public record FileSettings(String directory, String fileType, Long targetFileSize) implements StoreSettings {

    private static final Pattern DIRECTORY = Pattern.compile("(?!\\.)[A-Za-z0-9._-]+(/(?!\\.)[A-Za-z0-9._-]+)*");
    private static final long SMALLEST_FILE = 1 << 20;
    private static final long LARGEST_FILE = 5L << 30;

    public FileSettings {
        new Checks()
                .text("settings.directory", directory, 500)
                .matches(
                        "settings.directory",
                        directory,
                        DIRECTORY,
                        "must be a path below the root that the operator set: names of letters, digits and . _ -, none"
                                + " beginning with a dot, with single slashes between them")
                .text("settings.file_type", fileType, 20)
                .oneOf("settings.file_type", fileType, FileType.words())
                .that(
                        targetFileSize == null || targetFileSize >= SMALLEST_FILE && targetFileSize <= LARGEST_FILE,
                        "settings.target_file_size",
                        "must be between 1 MiB and 5 GiB, in bytes")
                .done();
    }

    @Override
    public String type() {
        return "file";
    }

    @Override
    public String kind(DestinationCredentials credentials) {
        return "file";
    }

    /** No server, and no credentials that would be for one. */
    @Override
    public URI reached() {
        return URI.create("file:///" + directory);
    }

    @Override
    public String bucket() {
        return directory;
    }

    @Override
    public String prefix() {
        return "";
    }

    @Override
    public FileType packing() {
        return FileType.of(fileType);
    }
}
