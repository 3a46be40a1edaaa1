package io.caravan.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Azurite's blob service as a process; {@code .ci/run} installs it. */
final class AzuriteProcess implements AutoCloseable {

    private static final Path HOME = Path.of(System.getenv()
            .getOrDefault("CARAVAN_AZURITE", System.getProperty("user.home") + "/.cache/caravan/azurite"));
    private static final Path MAIN = HOME.resolve("node_modules/azurite/dist/src/blob/main.js");
    private static final Pattern LISTENS = Pattern.compile("successfully listens on (http://\\S+)");

    private final Process process;
    private final URI address;

    private AzuriteProcess(Process process) {
        this.process = process;
        this.address = firstAddress(process);
    }

    /** Why it cannot be started; null where it can. */
    static String missing() {
        return Files.isRegularFile(MAIN)
                ? null
                : "Azurite is not installed below %s (CARAVAN_AZURITE); .ci/run installs it, as README.md says"
                        .formatted(HOME);
    }

    /** With one account, on any free port, over what is in the folder. */
    static AzuriteProcess start(Path folder, String account, String key) {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "node",
                MAIN.toString(),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                "0",
                "--location",
                folder.toString(),
                "--silent",
                "--disableTelemetry"));
        builder.environment().put("AZURITE_ACCOUNTS", account + ":" + key);
        try {
            return new AzuriteProcess(builder.redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return address;
    }

    /** What it says behind that is a line or two, which the pipe takes. */
    private static URI firstAddress(Process process) {
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder all = new StringBuilder();
        try {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                Matcher listens = LISTENS.matcher(line);
                if (listens.find()) {
                    return URI.create(listens.group(1));
                }
                all.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("Azurite does not start:\n" + all);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
