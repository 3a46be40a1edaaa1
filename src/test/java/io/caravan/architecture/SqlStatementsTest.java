package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgreSQL itself prepares and plans each statement against the migrated schema, with the application's rights. */
class SqlStatementsTest {

    /** A quoted text, a cast, a parameter of camel-sql, a named one, a positional one: the first that fits is taken. */
    private static final Pattern TOKEN =
            Pattern.compile("'(?:[^']|'')*'|--[^\\n]*|::|:#\\$\\{([^}]+)}|:([a-zA-Z]\\w*)|\\?");

    /** A call of each. */
    private static final String CLAIM_FUNCTIONS = """
            SELECT format('%s(%s)', p.proname, string_agg(
                       CASE format_type(a.type, NULL) WHEN 'text' THEN '''x''' WHEN 'interval' THEN 'INTERVAL ''15 s''' ELSE '2' END,
                       ', ' ORDER BY a.place))
              FROM pg_proc p
             CROSS JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
             WHERE p.proname LIKE 'claim@_%' ESCAPE '@'
             GROUP BY p.oid, p.proname""";

    /** Of parameters that meet each other only: the application sends them with their type. */
    private static final Map<String, String> TYPES = Map.of("itemRecords", "int", "itemBytes", "bigint");

    private static TestDatabase database;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.migrated();
    }

    @AfterAll
    static void drop() {
        database.drop();
    }

    static Stream<Path> files() {
        return SqlFilesTest.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_statement_is_planned_by_postgresql(Path file) throws SQLException {
        plan(SqlFilesTest.read(file));
    }

    @Test
    void a_column_that_is_not_there_is_noticed() {
        assertThatThrownBy(() -> plan("SELECT nothing FROM export_run WHERE id = :#${body.id}"))
                .hasMessageContaining("column \"nothing\" does not exist");
    }

    @Test
    void a_right_that_the_application_does_not_have_is_noticed() {
        assertThatThrownBy(() -> plan("SELECT rolname FROM pg_authid WHERE rolname = :id"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void every_claim_function_can_be_called() throws SQLException {
        try (Connection connection = database.asApp().getConnection();
                Statement statement = connection.createStatement()) {
            List<String> calls = new ArrayList<>();
            ResultSet found = statement.executeQuery(CLAIM_FUNCTIONS);
            while (found.next()) {
                calls.add(found.getString(1));
            }
            assertThat(calls)
                    .extracting(call -> call.substring(0, call.indexOf('(')))
                    .containsExactlyInAnyOrder("claim_pulls", "claim_tasks", "claim_runs", "claim_items");
            for (String call : calls) {
                statement.execute("SELECT * FROM " + call);
            }
        }
    }

    /** Planned with NULLs, not run: that checks tables, columns, types and rights. */
    private static void plan(String sql) throws SQLException {
        List<String> parameters = new ArrayList<>();
        String numbered = TOKEN.matcher(sql).replaceAll(m -> Matcher.quoteReplacement(number(m, parameters)));
        try (Connection connection = database.asApp().getConnection();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            String types = parameters.stream()
                    .map(name -> TYPES.getOrDefault(name, "unknown"))
                    .collect(Collectors.joining(", ", "(", ")"));
            statement.execute("PREPARE planned" + (parameters.isEmpty() ? "" : types) + " AS " + numbered);
            String nulls = String.join(", ", Collections.nCopies(parameters.size(), "NULL"));
            statement.execute("EXPLAIN EXECUTE planned" + (parameters.isEmpty() ? "" : "(" + nulls + ")"));
        }
    }

    /** The same name is the same parameter, as for the application. */
    private static String number(MatchResult token, List<String> parameters) {
        String name = token.group(1) != null ? token.group(1) : token.group(2);
        if (token.group().equals("?")) {
            name = "?" + parameters.size();
        }
        if (name == null) {
            return token.group();
        }
        if (!parameters.contains(name)) {
            parameters.add(name);
        }
        return "$" + (parameters.indexOf(name) + 1);
    }
}
