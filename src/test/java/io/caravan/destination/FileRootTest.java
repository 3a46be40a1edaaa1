package io.caravan.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.support.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRootTest {

    @TempDir
    Path temporary;

    private Path set;
    private FileRoot root;

    @BeforeEach
    void aRootWithADirectory() throws IOException {
        temporary = temporary.toRealPath();
        set = Files.createDirectory(temporary.resolve("root"));
        Files.createDirectories(set.resolve("team/a"));
        Files.createDirectory(temporary.resolve("outside"));
        root = of(set.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "/", "./a", "/a b", "/a?b", "/a/${sysenv.HOME}", "/a\\b"})
    void a_root_that_is_no_plain_absolute_path_stops_the_start(String path) {
        assertThatThrownBy(() -> of(path))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("caravan.file.root must be an absolute path");
    }

    @Test
    void without_a_root_there_are_no_such_destinations() {
        for (String unset : new String[] {null, "", " "}) {
            FileRoot none = of(unset);

            assertThat(none.present()).isFalse();
            refused(
                    () -> none.directory("team"),
                    ErrorCode.DESTINATION_REFUSED,
                    "are off",
                    "the operator sets caravan.file.root");
        }
    }

    @Test
    void a_root_that_is_not_there_or_no_directory_is_said() throws IOException {
        FileRoot missing = of(set + "/missing");
        FileRoot file = of(Files.createFile(set.resolve("file")).toString());

        refused(
                () -> missing.directory("team"),
                ErrorCode.DESTINATION_NOT_FOUND,
                "caravan.file.root is not there",
                "Create it");
        refused(
                () -> file.directory("team"),
                ErrorCode.DESTINATION_NOT_FOUND,
                "caravan.file.root is no directory",
                "Create it");
    }

    @Test
    void a_directory_is_found_below_the_root_links_followed() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), set);
        Files.createSymbolicLink(set.resolve("b"), Path.of("team/a"));

        assertThat(root.directory("team/a")).isEqualTo(set.resolve("team/a"));
        assertThat(root.directory("b")).isEqualTo(set.resolve("team/a"));
        assertThat(of(link.toString()).path()).isEqualTo(set);
        assertThat(of(set + "/").directory("team")).isEqualTo(set.resolve("team"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../outside", "team/../../outside", "out", "out/in", ".", "team/..", "/", "back"})
    void what_is_not_below_the_root_is_refused(String directory) throws IOException {
        Files.createDirectory(temporary.resolve("outside/in"));
        Files.createSymbolicLink(set.resolve("out"), temporary.resolve("outside"));
        Files.createSymbolicLink(set.resolve("back"), set);

        refused(
                () -> root.directory(directory),
                ErrorCode.DESTINATION_REFUSED,
                "leads out of",
                "without symbolic links");
    }

    @Test
    void an_object_lies_below_its_directory_and_no_folder_on_the_way_is_a_link() throws IOException {
        Files.createSymbolicLink(set.resolve("team/a/run_2"), temporary.resolve("outside"));

        assertThat(root.object("team/a", "run_1/deleted/Patient-0001.ndjson"))
                .isEqualTo(set.resolve("team/a/run_1/deleted/Patient-0001.ndjson"));
        for (String key : new String[] {"../b", "run_1/../../b", "run_2/Patient-0001.ndjson", "", "/etc/passwd"}) {
            refused(
                    () -> root.object("team/a", key),
                    ErrorCode.DESTINATION_REFUSED,
                    "leads out of",
                    "without symbolic");
        }
    }

    private static FileRoot of(String path) {
        return new FileRoot(new FileRootSettings(path));
    }

    private static void refused(ThrowingCallable call, ErrorCode code, String words, String advice) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FileFailure.class, e -> {
            assertThat(e.meaning().code()).isEqualTo(code);
            assertThat(e.meaning().altogether()).isTrue();
            assertThat(e).hasMessageContaining(words);
            assertThat(e.advice()).contains(advice);
        });
    }
}
