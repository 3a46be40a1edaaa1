package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/sources.md has every line of how sources behave, and each is shown by tests that are there. */
class SourcesPageTest {

    private static final Path PAGE = Path.of("docs/sources.md");
    private static final Path TESTS = Path.of("src/test/java");

    /** A line's number, and its last column. */
    private static final Pattern ROW = Pattern.compile("\\| (\\d+a?) \\|.*\\| ([^|]*) \\|");

    /** A class, and a method of it or how the names of several begin. */
    private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");

    @Test
    void no_line_is_left_out_and_none_is_without_a_test() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Matcher row : rows()) {
            lines.add(row.group(1));
            assertThat(named(row.group(2))).as("tests of line " + row.group(1)).isNotEmpty();
        }

        List<String> all = new ArrayList<>(
                IntStream.rangeClosed(1, 25).mapToObj(Integer::toString).toList());
        all.add(3, "3a");
        assertThat(lines).isEqualTo(all);
    }

    @Test
    void every_test_that_it_names_is_there() throws IOException {
        Map<String, String> sources = sources();
        for (Matcher row : rows()) {
            for (MatchResult test : named(row.group(2))) {
                assertThat(sources).as(test.group()).containsKey(test.group(1) + ".java");
                assertThat(sources.get(test.group(1) + ".java"))
                        .as(test.group())
                        .containsPattern("void " + test.group(2) + "\\w*\\(");
            }
        }
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private static List<MatchResult> named(String column) {
        return NAMED.matcher(column).results().toList();
    }

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .collect(Collectors.toMap(file -> file.getFileName().toString(), SourcesPageTest::read));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
