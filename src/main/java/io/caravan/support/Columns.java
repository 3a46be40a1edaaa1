package io.caravan.support;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/** Columns of a row as the types records use. */
public final class Columns {

    private Columns() {}

    /** A {@code timestamptz}; null where it is null. */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp value = row.getTimestamp(column);
        return value == null ? null : value.toInstant();
    }

    /** A {@code text[]}; empty where it is null. */
    public static List<String> texts(ResultSet row, String column) throws SQLException {
        Array value = row.getArray(column);
        return value == null ? List.of() : List.of((String[]) value.getArray());
    }
}
