package io.caravan.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.fault.Nemesis.Blow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/faults.md names tests and blows that exist, and all blows. */
class FaultsTest {

    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");
    private static final Pattern BLOW = Pattern.compile("`([A-Z_]{4,})`");

    private final String document = read(Path.of("docs/faults.md"));

    @Test
    void every_test_that_is_named_exists() {
        List<MatchResult> named = TEST.matcher(document).results().toList();

        assertThat(named)
                .hasSizeGreaterThan(30)
                .allSatisfy(test ->
                        assertThat(source(test.group(1))).as(test.group()).contains("void " + test.group(2) + "("));
    }

    @Test
    void all_blows_are_named_and_no_others() {
        assertThat(BLOW.matcher(document).results().map(blow -> blow.group(1)).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Blow.values()).map(Blow::name).toList());
    }

    private static String source(String test) {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.endsWith(test + ".java"))
                    .map(FaultsTest::read)
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
