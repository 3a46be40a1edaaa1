package io.caravan.support.embedded;

import io.caravan.support.PrivateFiles;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the jar into the data directory, where no other user can alter them. */
record PostgresBinaries(Path home) {

    static PostgresBinaries unpackInto(Path directory) throws IOException {
        byte[] archive = archive();
        Path home = directory.resolve("postgresql-bin-" + fingerprint(archive));
        if (!Files.isDirectory(home)) {
            Path draft = directory.resolve("postgresql-bin-" + UUID.randomUUID());
            unpack(archive, draft);
            Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PostgresBinaries(home);
    }

    /** What the program printed, where it ended well. */
    String run(String program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("%s ended with %d: %s".formatted(program, process.exitValue(), output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(program + " was interrupted", e);
        }
        return output;
    }

    /** PostgreSQL does not run as root; a user namespace of its own makes root look like nobody to it. */
    private static List<String> asOrdinaryUser() {
        return LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of();
    }

    private static byte[] archive() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String file = "/postgres-%s-%s.txz"
                .formatted(
                        system.startsWith("mac") ? "darwin" : system,
                        architecture.equals("aarch64") ? "arm_64" : "x86_64");
        try (InputStream archive = PostgresBinaries.class.getResourceAsStream(file)) {
            if (archive == null) {
                throw EmbeddedPostgresException.noBinaries(system, architecture);
            }
            return archive.readAllBytes();
        }
    }

    private static String fingerprint(byte[] archive) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(archive);
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack(byte[] archive, Path draft) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            PrivateFiles.directory(draft);
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, draft);
            }
        } catch (IOException | RuntimeException e) {
            FileSystemUtils.deleteRecursively(draft);
            throw e;
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path draft) throws IOException {
        Path target = draft.resolve(entry.getName()).normalize();
        if (!target.startsWith(draft)) {
            throw new IOException("The archive of the PostgreSQL programs leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            if ((entry.getMode() & 0100) != 0 && !target.toFile().setExecutable(true)) {
                throw new IOException(target + " cannot be made executable");
            }
        }
    }
}
