package io.caravan.destination;

import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.camel.component.file.GenericFileOperationFailedException;

/** What a failure of the file system means where it is a destination; pure. Paths are not told. */
final class FileAnswers {

    private FileAnswers() {}

    /** The meaning of the file component's failure, or of a step's, among the causes; empty where there is none. */
    static Optional<Meaning> explain(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof FileFailure known) {
                return Optional.of(known.meaning());
            }
            if (t instanceof GenericFileOperationFailedException failed) {
                return Optional.of(failed.getCause() instanceof IOException why ? meaning(why) : failed());
            }
        }
        return Optional.empty();
    }

    static Meaning meaning(IOException why) {
        if (why instanceof AccessDeniedException) {
            return new Meaning(ErrorCode.DESTINATION_REFUSED, "The file system refused it.", false, true);
        }
        if (why instanceof NoSuchFileException) {
            return new Meaning(
                    ErrorCode.VERIFICATION_FAILED,
                    "The object was checked at the destination and is not there.",
                    false,
                    false);
        }
        String reason = why instanceof FileSystemException named ? named.getReason() : why.getMessage();
        return reason == null || reason.contains("/")
                ? failed()
                : new Meaning(
                        ErrorCode.DESTINATION_ERROR, "The file system failed: %s.".formatted(reason), true, false);
    }

    private static Meaning failed() {
        return new Meaning(ErrorCode.DESTINATION_ERROR, "The file system failed.", true, false);
    }
}
