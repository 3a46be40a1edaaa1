package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.support.ErrorCode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileAnswersTest {

    @ParameterizedTest
    @MethodSource
    void a_failure_says_what_it_means_and_never_where_it_was(
            IOException why, ErrorCode code, boolean again, boolean altogether, String words) {
        Exception thrown = new IllegalStateException(
                "Camel wraps", new GenericFileOperationFailedException("Cannot store file: /secret/place", why));

        Meaning meaning = StoreAnswers.explain(thrown).orElseThrow();

        assertThat(meaning.code()).isEqualTo(code);
        assertThat(meaning.again()).isEqualTo(again);
        assertThat(meaning.altogether()).isEqualTo(altogether);
        assertThat(meaning.words()).isEqualTo(words).doesNotContain("secret");
    }

    static Stream<Arguments> a_failure_says_what_it_means_and_never_where_it_was() {
        String path = "/secret/place";
        return Stream.of(
                Arguments.of(
                        new IOException("No space left on device"),
                        ErrorCode.DESTINATION_ERROR,
                        true,
                        false,
                        "The file system failed: No space left on device."),
                Arguments.of(
                        new FileSystemException(path, null, "Read-only file system"),
                        ErrorCode.DESTINATION_ERROR,
                        true,
                        false,
                        "The file system failed: Read-only file system."),
                Arguments.of(
                        new AccessDeniedException(path),
                        ErrorCode.DESTINATION_REFUSED,
                        false,
                        true,
                        "The file system refused it."),
                Arguments.of(
                        new FileNotFoundException(path + " (Permission denied)"),
                        ErrorCode.DESTINATION_ERROR,
                        true,
                        false,
                        "The file system failed."),
                Arguments.of(
                        new NoSuchFileException(path),
                        ErrorCode.VERIFICATION_FAILED,
                        false,
                        false,
                        "The object was checked at the destination and is not there."));
    }

    @Test
    void what_other_files_do_is_nothing_that_a_destination_said() {
        assertThat(StoreAnswers.explain(new IOException("No space left on device")))
                .isEmpty();
    }
}
