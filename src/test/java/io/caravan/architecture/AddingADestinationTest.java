package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/adding-a-destination.md leads to files that are there, and past no place that {@code file} touches. */
class AddingADestinationTest {

    private static final Path PAGE = Path.of("docs/adding-a-destination.md");
    private static final Pattern LINK = Pattern.compile("\\[[^]]+]\\(([^)#]+)[^)]*\\)");

    /** How a file speaks of the kind that is the page's example: by its word, or by one of its classes. */
    private static final Pattern OF_THE_KIND = Pattern.compile(
            "\"file\"|'file'|\\bfile\\]|deliver-file|\\bFile(Settings|Root|Test|Objects|Answers|Steps)\\b");

    /** It speaks of items of kind file, or has what others share. */
    private static final List<String> OTHERS = List.of("DeliveryItem.java");

    @Test
    void every_file_it_leads_to_is_there() throws IOException {
        assertThat(links())
                .hasSizeGreaterThan(25)
                .allSatisfy(link -> assertThat(link).exists());
    }

    @Test
    void every_place_that_the_example_touches_is_on_the_page() throws IOException {
        List<Path> links = links();
        for (String folder : List.of(
                "src/main/java/io/caravan/destination",
                "src/main/java/io/caravan/deliver",
                "src/main/java/io/caravan/export",
                "src/main/resources/routes",
                "src/main/resources/forms",
                "src/main/resources/openapi")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                assertThat(files.filter(Files::isRegularFile)
                                .filter(AddingADestinationTest::touched)
                                .filter(file ->
                                        !OTHERS.contains(file.getFileName().toString()))
                                .toList())
                        .as("of " + folder)
                        .isSubsetOf(links);
            }
        }
    }

    @Test
    void a_link_that_leads_nowhere_would_be_noticed() {
        assertThat(LINK.matcher("see [a file](../src/nowhere.yaml#x)").results())
                .singleElement()
                .satisfies(link -> assertThat(PAGE.resolveSibling(link.group(1)).normalize())
                        .isEqualTo(Path.of("src/nowhere.yaml"))
                        .doesNotExist());
    }

    private static boolean touched(Path file) {
        try {
            return OF_THE_KIND.matcher(Files.readString(file)).find();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> links() throws IOException {
        return LINK.matcher(Files.readString(PAGE))
                .results()
                .map(link -> PAGE.resolveSibling(link.group(1)).normalize())
                .distinct()
                .toList();
    }
}
