package io.caravan.testing;

import io.caravan.support.SqlFiles;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One of the flow's own statements, run as camel-sql would run it: {@code :#${body.x}}, {@code :#${bean:leases.x}} and
 * {@code :#${properties:caravan.group.x-y}} become the parameters {@code x} and {@code xY}. The rest is the file's text.
 */
public final class FlowStatement {

    private static final Pattern PLACEHOLDER =
            Pattern.compile(":#\\$\\{(?:body\\.|bean:leases\\.|properties:caravan\\.\\w+\\.)([\\w-]+)}");

    private final JdbcClient.StatementSpec statement;

    private FlowStatement(JdbcClient.StatementSpec statement) {
        this.statement = statement;
    }

    /** {@code path} as {@link SqlFiles} takes it. */
    public static FlowStatement of(JdbcClient jdbc, String path) {
        return new FlowStatement(jdbc.sql(named(SqlFiles.load(path))));
    }

    static String named(String sql) {
        String named = PLACEHOLDER.matcher(sql).replaceAll(m -> Matcher.quoteReplacement(":" + camel(m.group(1))));
        if (named.contains(":#")) {
            throw new IllegalArgumentException("A placeholder that this test does not know in: " + named);
        }
        return named;
    }

    public FlowStatement with(String name, Object value) {
        statement.param(name, value);
        return this;
    }

    /** The components of a record, as {@code ${body}} has them. */
    public FlowStatement body(Record body) {
        components(body).forEach(this::with);
        return this;
    }

    public int update() {
        return statement.update();
    }

    public JdbcClient.StatementSpec query() {
        return statement;
    }

    private static Map<String, Object> components(Record body) {
        Map<String, Object> values = new HashMap<>();
        try {
            for (RecordComponent component : body.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                values.put(component.getName(), component.getAccessor().invoke(body));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("Cannot read " + body.getClass(), e);
        }
        return values;
    }

    private static String camel(String hyphened) {
        StringBuilder out = new StringBuilder();
        for (String word : hyphened.split("-")) {
            out.append(out.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return out.toString();
    }
}
