package io.caravan.support.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a running (or killed) server wrote into its data directory about itself. */
record Postmaster(long pid, int port) {

    /** Empty where no server runs, or one went down properly, or its file is too fresh to hold a port. */
    static Optional<Postmaster> in(Path cluster) throws IOException {
        Path file = file(cluster);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file); // pid, data directory, start time, port, …
        return lines.size() < 4
                ? Optional.empty()
                : Optional.of(new Postmaster(
                        Long.parseLong(lines.get(0).strip()),
                        Integer.parseInt(lines.get(3).strip())));
    }

    static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    boolean alive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    /** Whether the pid has since gone to another program; unknown counts as no. */
    boolean recycled() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> !Path.of(command).getFileName().toString().startsWith("postgres"))
                .isPresent();
    }

    /** Whether the process was started on this directory, by its command line. */
    boolean startedOn(Path cluster) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().arguments())
                .filter(arguments -> List.of(arguments).contains(cluster.toString()))
                .isPresent();
    }
}
