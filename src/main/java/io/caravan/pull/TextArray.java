package io.caravan.pull;

import java.util.Collection;
import java.util.function.Function;
import org.springframework.jdbc.support.SqlArrayValue;

/** One column of many values, as a parameter of a statement. */
final class TextArray {

    private TextArray() {}

    static <T> SqlArrayValue of(Collection<T> values, Function<T, String> column) {
        return new SqlArrayValue("text", (Object[]) values.stream().map(column).toArray(String[]::new));
    }
}
