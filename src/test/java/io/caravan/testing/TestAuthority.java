package io.caravan.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority that nobody knows, made by the JDK's keytool in a folder, and a server's certificate from it. */
public final class TestAuthority {

    private static final String PASSWORD = "password";

    private final Path folder;

    private TestAuthority(Path folder) {
        this.folder = folder;
    }

    /** One whose server is this machine, by its address and by the name {@code localhost}. */
    public static TestAuthority in(Path folder) {
        TestAuthority authority = new TestAuthority(folder);
        authority.keytool("-genkeypair", "-alias", "ca", "-dname", "CN=A hospital's own authority", "-ext", "bc:c");
        authority.keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-signer",
                "ca",
                "-dname",
                "CN=server",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        authority.keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "ca",
                "-file",
                authority.certificate().toString());
        return authority;
    }

    /** The authority's own certificate, in PEM form. */
    public Path certificate() {
        return folder.resolve("authority.pem");
    }

    /** With the server's certificate and its key. */
    public SSLContext server() {
        try (InputStream in = Files.newInputStream(store())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            keys.deleteEntry("ca");
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path store() {
        return folder.resolve("keys.p12");
    }

    private void keytool(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), command));
        line.addAll(List.of(arguments));
        line.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
        if (command.equals("-genkeypair")) {
            line.addAll(List.of("-storetype", "PKCS12", "-keyalg", "EC", "-validity", "30"));
        }
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
