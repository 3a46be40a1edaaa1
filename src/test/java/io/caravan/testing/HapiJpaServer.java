package io.caravan.testing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** HAPI FHIR's JPA server in a process of its own ({@code src/test/hapi-jpa}), empty, on 127.0.0.1. */
public final class HapiJpaServer implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;
    private final Path log;

    private HapiJpaServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts what was built as {@code jar}; it takes most of a minute. */
    public static HapiJpaServer start(Path jar, Path folder) {
        Path log = folder.resolve("hapi-jpa.log");
        try {
            Process process = new ProcessBuilder(List.of(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xmx1500m",
                            "-XX:+UseSerialGC",
                            "-jar",
                            jar.toString(),
                            "--server.address=127.0.0.1",
                            "--server.port=0",
                            "--spring.datasource.url=jdbc:h2:mem:hapi;DB_CLOSE_DELAY=-1"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            HapiJpaServer server = new HapiJpaServer(process, log);
            Awaitility.await("start of HAPI, see " + log)
                    .atMost(Duration.ofMinutes(4))
                    .failFast("it ended, see " + log, () -> !process.isAlive())
                    .until(() -> server.log().contains("Started HapiJpa"));
            server.warm();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first CapabilityStatement takes longer to make than the test of a destination waits for it. */
    private void warm() throws IOException {
        HttpRequest metadata = HttpRequest.newBuilder(URI.create(baseUrl() + "/metadata"))
                .timeout(Duration.ofMinutes(2))
                .build();
        try {
            HttpClient.newHttpClient().send(metadata, HttpResponse.BodyHandlers.discarding());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the FHIR API is, without a slash at its end. */
    public URI baseUrl() {
        Matcher port = PORT.matcher(log());
        if (!port.find()) {
            throw new IllegalStateException("No port in " + log);
        }
        return URI.create("http://127.0.0.1:%s/fhir".formatted(port.group(1)));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
