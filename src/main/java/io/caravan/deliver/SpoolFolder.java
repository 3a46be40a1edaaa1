package io.caravan.deliver;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where objects lie on their way out: a folder of this process, readable by its user alone, swept at start and end. */
@Component
class SpoolFolder {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);

    private final Path folder;

    SpoolFolder(@Value("${caravan.data-dir}") Path dataDir) throws IOException {
        Path root = Files.createDirectories(dataDir.resolve("spool"));
        sweep(root);
        this.folder = Files.createTempDirectory(
                root,
                ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    Spool open(String itemId) throws IOException {
        return new Spool(newFile(itemId));
    }

    Spool openGzip(String itemId) throws IOException {
        return Spool.gzip(newFile(itemId));
    }

    private Path newFile(String itemId) throws IOException {
        return Files.createTempFile(folder, itemId + "-", ".part");
    }

    /** Deletes what is left of an item's files. */
    void discard(String itemId) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith(itemId + "-"))
                    .toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** What processes left behind that were killed. */
    private static void sweep(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            List<Path> dead = folders.filter(f -> !alive(f)).toList();
            for (Path f : dead) {
                LOG.info("Removing spool files of a process that is gone: {}", f.getFileName());
                delete(f);
            }
        }
    }

    private static boolean alive(Path folder) {
        String pid = folder.getFileName().toString().split("-", 2)[0];
        return pid.matches("\\d{1,18}")
                && Long.parseLong(pid) != ProcessHandle.current().pid()
                && ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            inside.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @PreDestroy
    void remove() throws IOException {
        delete(folder);
    }
}
