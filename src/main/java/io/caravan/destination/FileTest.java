package io.caravan.destination;

import io.caravan.destination.StepRunner.Found;
import io.caravan.destination.StepRunner.StepFailed;
import io.caravan.support.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.springframework.stereotype.Component;

/**
 * The test of a directory, step by step: where it lies, and a probe file that is written and renamed as an object is, read back
 * and deleted. Nothing is left behind.
 */
@Component
class FileTest {

    private static final byte[] PROBE = "caravan probe\n".getBytes(StandardCharsets.UTF_8);

    private final FileRoot root;

    FileTest(FileRoot root) {
        this.root = root;
    }

    private interface Work {
        Found run() throws IOException, StepFailed;
    }

    DestinationTestReport run(FileSettings settings) {
        String name = FileObjects.UNFINISHED + Ids.next("probe");
        return new StepRunner()
                .step("directory", () -> tried(() -> found(settings)))
                .step("write-probe", () -> tried(() -> write(root.directory(settings.directory()), name)))
                .step("read-probe", () -> tried(() -> read(root.object(settings.directory(), name))))
                .step("delete-probe", () -> tried(() -> delete(root.object(settings.directory(), name))))
                .report();
    }

    private Found found(FileSettings settings) {
        root.directory(settings.directory());
        return Found.passed("The directory is there, below caravan.file.root.");
    }

    private static Found write(Path directory, String name) throws IOException {
        Path unfinished = Files.write(directory.resolve(name + "-unfinished"), PROBE);
        Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        return Found.passed("A file can be written, and renamed in one step.");
    }

    private static Found read(Path probe) throws IOException, StepFailed {
        if (!Arrays.equals(Files.readAllBytes(probe), PROBE)) {
            throw new StepFailed("What reads back is not what was written.", "Check the file system.");
        }
        return Found.passed("It reads back as it was written.");
    }

    private static Found delete(Path probe) throws IOException {
        Files.delete(probe);
        return Found.passed("It can be deleted again.");
    }

    private static Found tried(Work work) throws StepFailed {
        try {
            return work.run();
        } catch (FileFailure e) {
            throw new StepFailed(e.getMessage(), e.advice());
        } catch (IOException e) {
            throw new StepFailed(
                    FileAnswers.meaning(e).words(),
                    "Let the user that Caravan runs as write, rename, read and delete files in this directory; check that there is"
                            + " room.");
        }
    }
}
