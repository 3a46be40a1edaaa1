package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each route file is valid by Camel's schema and is loaded; a typo is named with its file and line. */
class RouteSchemaTest {

    private static final RouteSchema SCHEMA = new RouteSchema();
    private static final Pattern LISTED = Pattern.compile("classpath:routes/([\\w.-]+)");

    @Test
    void every_route_file_is_valid() {
        assertThat(RouteFile.all())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(SCHEMA.violations(file)).isEmpty());
    }

    @Test
    void a_typo_is_named_with_its_file_and_line() {
        RouteFile broken = RouteFile.read(Path.of("src/test/resources/gates/typo.camel.yaml"));

        assertThat(SCHEMA.violations(broken))
                .anySatisfy(finding ->
                        assertThat(finding).startsWith("typo.camel.yaml:5 ").contains("descripton"))
                .anySatisfy(finding ->
                        assertThat(finding).startsWith("typo.camel.yaml:14 ").contains("methud"));
    }

    @Test
    void the_files_that_are_there_are_the_files_that_are_loaded() throws IOException {
        String settings = Files.readString(Path.of("src/main/resources/application.yaml"));
        List<String> listed = LISTED.matcher(settings)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();

        assertThat(listed)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        RouteFile.all().stream().map(RouteFile::name).toList());
    }
}
