package io.caravan.testing;

import io.caravan.CaravanApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Caravan in a process of its own, so that it can be killed. It logs into a file of its data directory. */
public final class CaravanProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final String KEY = "ck_process_operator_0123456789abcdefghijklm";
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final Process process;
    private final Path log;

    private CaravanProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts on the data directory, with its embedded PostgreSQL unless the arguments name another; what they say goes
     * before what is usual here.
     */
    public static CaravanProcess start(Path dataDir, String... arguments) {
        return start(dataDir, List.of(), List.of(arguments));
    }

    /** Starts with these options of the JVM besides, the last word on each being theirs. */
    public static CaravanProcess start(Path dataDir, List<String> jvmOptions, List<String> arguments) {
        return start(List.of(), dataDir, jvmOptions, arguments);
    }

    /** Starts with a disk for its spool files that has room for so much; {@link #seen} is where the test finds them. */
    public static CaravanProcess startOnSmallDisk(Path dataDir, int megabytes, List<String> arguments) {
        List<String> mounting = List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mkdir -p \"$0\" && mount -t tmpfs -o size=%dm tmpfs \"$0\" && exec \"$@\"".formatted(megabytes),
                dataDir.resolve("spool").toString());
        return start(mounting, dataDir, List.of(), arguments);
    }

    private static CaravanProcess start(
            List<String> within, Path dataDir, List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>(within);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CaravanApplication.class.getName()));
        Stream.of(
                        "--server.port=0",
                        "--spring.profiles.active=dev",
                        "--caravan.data-dir=" + dataDir,
                        "--caravan.operator.key=" + KEY,
                        "--caravan.work.poll=100",
                        "--caravan.export.quiet=200ms")
                .filter(usual ->
                        arguments.stream().noneMatch(a -> a.startsWith(usual.substring(0, usual.indexOf('=') + 1))))
                .forEach(command::add);
        command.addAll(arguments);
        try {
            Files.createDirectories(dataDir);
            Path log = dataDir.resolve("caravan-%d.log".formatted(STARTED.incrementAndGet()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            CaravanProcess caravan = new CaravanProcess(process, log);
            try {
                caravan.awaitStart();
            } catch (RuntimeException e) {
                caravan.kill();
                throw e;
            }
            return caravan;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitStart() {
        Awaitility.await("start of Caravan, see " + log)
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(100))
                .failFast("it ended, see " + log, () -> !process.isAlive())
                .until(() -> log().contains("Started CaravanApplication"));
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public CaravanDriver driver() {
        Matcher port = PORT.matcher(log());
        if (!port.find()) {
            throw new IllegalStateException("No port in " + log);
        }
        return new CaravanDriver(URI.create("http://127.0.0.1:" + port.group(1)), KEY, Duration.ofSeconds(120));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** A path as the process sees it. */
    public Path seen(Path path) {
        return Path.of(
                "/proc", Long.toString(pid()), "root", path.toAbsolutePath().toString());
    }

    /** Its process, with which the name begins under which it claims work. */
    public long pid() {
        return process.pid();
    }

    /** {@code SIGSTOP}: it does nothing any more, and its connections stay open. */
    public void freeze() {
        signal("STOP");
    }

    /** {@code SIGCONT}: it goes on where it was, and has not noticed anything. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("no signal " + name + " for " + pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** {@code kill -9}: nothing in the process gets to run any more. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** {@code SIGTERM}, and waits for the end. */
    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
        Awaitility.await("end of Caravan, see " + log)
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive());
    }
}
