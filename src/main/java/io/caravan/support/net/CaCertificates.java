package io.caravan.support.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Reads certificates from a PEM file, or from the PEM files of a folder. */
final class CaCertificates {

    private static final Set<String> ENDINGS = Set.of("pem", "crt", "cer");

    private CaCertificates() {}

    /**
     * All of them, at least one.
     *
     * @throws CaCertificatesException where there is none, or a file holds anything else
     */
    static List<Certificate> read(Path place) {
        List<Certificate> found = new ArrayList<>();
        for (Path file : files(place)) {
            found.addAll(certificates(file));
        }
        return found;
    }

    private static List<Path> files(Path place) {
        if (!Files.isDirectory(place)) {
            return List.of(place);
        }
        try (Stream<Path> all = Files.list(place)) {
            List<Path> files = all.filter(file -> Files.isRegularFile(file) && ENDINGS.contains(ending(file)))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new CaCertificatesException(place, "holds no file *.pem, *.crt or *.cer.");
            }
            return files;
        } catch (IOException e) {
            throw new CaCertificatesException(place, "cannot be read.");
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static Collection<? extends Certificate> certificates(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
            if (found.isEmpty()) {
                throw new CaCertificatesException(file, "holds no certificate in PEM form.");
            }
            return found;
        } catch (IOException e) {
            throw new CaCertificatesException(file, Files.exists(file) ? "cannot be read." : "does not exist.");
        } catch (CertificateException e) {
            throw new CaCertificatesException(file, "holds something that is no certificate in PEM form.");
        }
    }
}
