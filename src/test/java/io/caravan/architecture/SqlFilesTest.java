package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The flow's statements: each file is used, in one place, says what feeds it, and is a whole statement by itself. */
class SqlFilesTest {

    static final Path SQL = Path.of("src/main/resources/sql");

    private static final Path JAVA = Path.of("src/main/java");
    private static final Pattern IN_ROUTE = Pattern.compile("sql:classpath:sql/([\\w/-]+)\\.sql");
    private static final Pattern ANY_IN_ROUTE = Pattern.compile("sql:(?!classpath:sql/[\\w/-]+\\.sql)\\S+");
    private static final Pattern IN_JAVA = Pattern.compile("SqlFiles\\.load\\(\"([\\w/-]+)\"\\)");
    private static final Pattern CONSTANT = Pattern.compile("String (\\w+) = SqlFiles\\.load\\(");
    private static final Pattern BODY = Pattern.compile("^-- body: (\\w+) ");
    private static final Pattern BODY_FIELD = Pattern.compile(":#\\$\\{body\\.(\\w+)}");

    @Test
    void every_file_is_used_exactly_once() {
        List<String> uses = new ArrayList<>();
        RouteFile.all().forEach(file -> uses.addAll(found(IN_ROUTE, read(file.path()))));
        javaFiles().forEach(file -> uses.addAll(found(IN_JAVA, read(file))));

        assertThat(uses)
                .containsExactlyInAnyOrderElementsOf(
                        files().map(SqlFilesTest::name).toList());
    }

    @Test
    void every_file_is_named_verb_noun_and_says_first_what_feeds_it() {
        assertThat(files()).isNotEmpty().allSatisfy(file -> {
            assertThat(name(file)).matches("[a-z]+/[a-z]+(-[a-z]+)+");
            assertThat(read(file).lines().findFirst().orElse(""))
                    .as("first line of %s: -- what feeds it · what it does", name(file))
                    .matches("-- \\S.* · \\S.*");
        });
    }

    @Test
    void what_a_statement_takes_from_its_body_is_there() {
        Set<Path> sources = new HashSet<>(javaFiles().toList());
        assertThat(files().filter(file -> !found(BODY_FIELD, read(file)).isEmpty()))
                .isNotEmpty()
                .allSatisfy(file -> {
                    List<String> body = found(BODY, read(file));
                    assertThat(body).as("%s names its body", name(file)).hasSize(1);
                    String components = components(sources, body.get(0));
                    assertThat(found(BODY_FIELD, read(file)))
                            .as(name(file))
                            .allSatisfy(field ->
                                    assertThat(components).as(body.get(0)).containsPattern("\\b" + field + "\\b"));
                });
    }

    @Test
    void no_statement_is_glued_together() {
        RouteFile.all()
                .forEach(file -> assertThat(found(ANY_IN_ROUTE, read(file.path())))
                        .as("statements in the text of %s", file.name())
                        .isEmpty());
        assertThat(javaFiles()).allSatisfy(file -> {
            String java = read(file);
            for (String constant : found(CONSTANT, java)) {
                assertThat(java)
                        .as(file.toString())
                        .doesNotContainPattern("\\b" + constant + "\\s*\\+|\\+\\s*" + constant + "\\b")
                        .doesNotContainPattern("\\b" + constant + "\\s*\\.\\s*(formatted|replace|concat)")
                        .doesNotContainPattern("format\\(\\s*" + constant + "\\b");
            }
            assertThat(java).as(file.toString()).doesNotContainPattern("SqlFiles\\.load\\((?!\"|String path)");
        });
    }

    @Test
    void a_statement_of_a_route_has_no_sign_that_camel_would_take_for_a_parameter() {
        List<String> inRoutes = RouteFile.all().stream()
                .flatMap(file -> found(IN_ROUTE, read(file.path())).stream())
                .toList();

        assertThat(inRoutes)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(read(SQL.resolve(path + ".sql")).replace(":#${", ""))
                        .as(path)
                        .doesNotContain("#"));
    }

    static Stream<Path> files() {
        return walk(SQL, ".sql");
    }

    static String name(Path file) {
        return SQL.relativize(file).toString().replace(".sql", "");
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles() {
        return walk(JAVA, ".java");
    }

    private static Stream<Path> walk(Path root, String ending) {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(path -> path.toString().endsWith(ending)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(m -> m.group(Math.min(1, m.groupCount())))
                .toList();
    }

    /** The text between the brackets of {@code record <name>(…)}, wherever it is declared. */
    private static String components(Set<Path> sources, String record) {
        Pattern declaration = Pattern.compile("record " + record + "\\(([^)]*(?:\\([^)]*\\)[^)]*)*)\\)");
        return sources.stream()
                .map(file -> declaration.matcher(read(file)))
                .filter(Matcher::find)
                .map(m -> m.group(1))
                .findFirst()
                .orElse("");
    }
}
