package io.caravan.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A source of generated resources as a process of its own, with a heap of its own: for measurements, in which the source
 * must not share memory with what is measured.
 */
public final class SourceProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader said;
    private final URI baseUrl;

    private SourceProcess(Process process) throws IOException {
        this.process = process;
        said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        baseUrl = URI.create(said.readLine());
    }

    /** @param heapMegabytes the most memory that the source's objects may take */
    public static SourceProcess start(int heapMegabytes, int patients, int resourcesPerPatient, long seed) {
        List<String> command = List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SourceProcess.class.getName(),
                Integer.toString(patients),
                Integer.toString(resourcesPerPatient),
                Long.toString(seed));
        try {
            return new SourceProcess(
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI baseUrl() {
        return baseUrl;
    }

    /** How many bytes of the heap are in use after all garbage has gone. */
    public long heapInUse() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            return Long.parseLong(said.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Serves until its input ends; answers each line with its heap in use. */
    public static void main(String[] args) throws IOException {
        SourceBuilder builder = SourceSimulator.builder()
                .generated(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Long.parseLong(args[2]))
                .requestsKept(1_000);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (SourceSimulator source = builder.start()) {
            System.out.println(source.baseUrl());
            while (asked.readLine() != null) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                System.out.println(runtime.totalMemory() - runtime.freeMemory());
            }
        }
    }
}
