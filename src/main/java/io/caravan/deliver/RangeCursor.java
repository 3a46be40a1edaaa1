package io.caravan.deliver;

import io.caravan.support.SqlFiles;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import javax.sql.DataSource;

/**
 * What a range holds as its window saw it, some of it at a time: one statement, one read-only snapshot, and no more than
 * about 4 MB in memory. Closed by the split that reads it, or when the item ends.
 *
 * @param <T> some of it
 */
abstract class RangeCursor<T> implements Iterator<T>, Closeable {

    /** Of records and their pieces, so many bytes at a time. */
    static final int IN_MEMORY = 4 << 20;

    private static final String CHANGED_SINCE = SqlFiles.load("deliver/count-changed-since");

    private final RecordRange range;
    private final Connection connection;
    private final ResultSet rows;
    private boolean onRow;
    private int changedSince;

    /** A statement that {@link #bind} makes ready, read so many rows at a time. */
    RangeCursor(DataSource database, RecordRange range, String sql, int fetchSize) throws SQLException {
        this.range = range;
        this.connection = database.getConnection();
        try {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            PreparedStatement statement = connection.prepareStatement(sql);
            statement.setFetchSize(fetchSize);
            bind(statement, range);
            rows = statement.executeQuery();
            advance();
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    abstract void bind(PreparedStatement statement, RecordRange toRead) throws SQLException;

    /** Reads the row at hand, and calls {@link #advance} behind each. */
    abstract T take(ResultSet row) throws SQLException;

    static int bindRange(PreparedStatement to, int first, RecordRange range) throws SQLException {
        int next = first;
        for (String text : List.of(
                range.orgId(), range.type(), range.fromSource(), range.fromId(), range.toSource(), range.toId())) {
            to.setString(next++, text);
        }
        return next;
    }

    static int bindWindow(PreparedStatement to, int first, RecordRange range) throws SQLException {
        int next = first;
        for (String snapshot : List.of(range.windowFrom(), range.windowTo(), range.windowFrom(), range.windowTo())) {
            to.setString(next++, snapshot);
        }
        if (!range.deleted()) {
            to.setBoolean(next++, range.backfill());
            to.setString(next++, range.windowTo());
        }
        return next;
    }

    /** Whether there is another row. */
    final boolean advance() throws SQLException {
        onRow = rows.next();
        if (!onRow) {
            countChangedSince();
        }
        return onRow;
    }

    @Override
    public final boolean hasNext() {
        return onRow;
    }

    @Override
    public final T next() {
        if (!onRow) {
            throw new NoSuchElementException();
        }
        try {
            return take(rows);
        } catch (SQLException e) {
            throw new CursorBrokenException(e);
        }
    }

    /** How many of the range's keys have a newer version, in the same snapshot as the lines; known at the end. */
    final int changedSince() {
        return changedSince;
    }

    private void countChangedSince() throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(CHANGED_SINCE)) {
            int next = bindRange(count, 1, range);
            count.setString(next, range.windowTo());
            try (ResultSet one = count.executeQuery()) {
                one.next();
                changedSince = one.getInt(1);
            }
        }
    }

    @Override
    public final void close() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setReadOnly(false);
                connection.close();
            }
        } catch (SQLException e) {
            throw new CursorBrokenException(e);
        }
    }

    /** The database broke off; the item is tried again. */
    static final class CursorBrokenException extends RuntimeException {
        CursorBrokenException(SQLException cause) {
            super("Reading the records of an item broke off", cause);
        }
    }
}
