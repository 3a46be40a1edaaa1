package io.caravan.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** Files and directories only the user running Caravan may read: keys and passwords it has made itself. */
public final class PrivateFiles {

    private PrivateFiles() {}

    /**
     * Creates a file of mode 600. It appears with all its content or not at all, and never replaces one.
     *
     * @throws FileAlreadyExistsException where there is one already, be it made by another process meanwhile
     */
    public static void create(Path file, String content) throws IOException {
        Path target = file.toAbsolutePath();
        directory(target.getParent());
        Path draft = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            write(draft, content);
            publish(draft, target);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** Replaces a file by one of mode 600, in one step: who reads it finds the old content or the new, whole. */
    public static void replace(Path file, String content) throws IOException {
        Path target = file.toAbsolutePath();
        Path draft = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
        try {
            write(draft, content);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /**
     * A new file of mode 600 whose name is gone as soon as it is open: it lives as long as the channel, whatever ends the
     * process. Where a system keeps the name of an open file, it goes when the channel is closed.
     *
     * @param file in a directory that exists
     */
    public static FileChannel nameless(Path file) {
        var options = Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try {
            return FileChannel.open(file, options, only(file, "rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory, made with mode 700 where it is missing; one that exists keeps the mode it has. */
    public static Path directory(Path directory) {
        try {
            return Files.isDirectory(directory)
                    ? directory
                    : Files.createDirectories(directory, only(directory, "rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException("The directory " + directory + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static void write(Path draft, String content) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(draft, options, only(draft, "rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** A hard link fails where the name is taken, which a rename does not; some file systems have no links. */
    private static void publish(Path draft, Path target) throws IOException {
        try {
            Files.createLink(target, draft);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            Files.move(draft, target);
        }
    }

    private static FileAttribute<?>[] only(Path path, String mode) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
