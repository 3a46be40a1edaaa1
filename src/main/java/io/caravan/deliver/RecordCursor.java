package io.caravan.deliver;

import io.caravan.support.SqlFiles;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import javax.sql.DataSource;

/**
 * The records of a range as its window saw them, some hundred at a time: one statement, one read-only snapshot, and no
 * more than about 4 MB in memory. Of tombstones, as many as go on one line. Closed by the split that reads it, or when
 * the item ends.
 */
final class RecordCursor implements Iterator<List<byte[]>>, Closeable {

    private static final String READ = SqlFiles.load("deliver/read-item");
    private static final String READ_DELETED = SqlFiles.load("deliver/read-deleted");
    private static final String CHANGED_SINCE = SqlFiles.load("deliver/count-changed-since");
    private static final int IN_MEMORY = 4 << 20;
    private static final int MOST_ROWS = 1000;

    private final RecordRange range;
    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private final int chunk;
    private boolean onRow;
    private int changedSince;

    RecordCursor(DataSource database, RecordRange range) throws SQLException {
        this.range = range;
        this.chunk = range.deleted()
                ? Deletions.ON_A_LINE
                : Math.max(1, Math.min(MOST_ROWS, IN_MEMORY / Math.max(1, range.largest())));
        this.connection = database.getConnection();
        try {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement = connection.prepareStatement(range.deleted() ? READ_DELETED : READ);
            statement.setFetchSize(chunk);
            bindWindow(statement, bindRange(statement));
            rows = statement.executeQuery();
            onRow = rows.next();
            if (!onRow) {
                countChangedSince();
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private int bindRange(PreparedStatement to) throws SQLException {
        int next = 1;
        for (String text : List.of(
                range.orgId(), range.type(), range.fromSource(), range.fromId(), range.toSource(), range.toId())) {
            to.setString(next++, text);
        }
        return next;
    }

    private void bindWindow(PreparedStatement to, int first) throws SQLException {
        int next = first;
        for (String snapshot : List.of(range.windowFrom(), range.windowTo(), range.windowFrom(), range.windowTo())) {
            to.setString(next++, snapshot);
        }
        if (!range.deleted()) {
            to.setBoolean(next++, range.backfill());
            to.setString(next, range.windowTo());
        }
    }

    @Override
    public boolean hasNext() {
        return onRow;
    }

    @Override
    public List<byte[]> next() {
        if (!onRow) {
            throw new NoSuchElementException();
        }
        try {
            List<byte[]> lines = new ArrayList<>(chunk);
            while (onRow && lines.size() < chunk) {
                lines.add(rows.getBytes(1));
                onRow = rows.next();
            }
            if (!onRow) {
                countChangedSince();
            }
            return lines;
        } catch (SQLException e) {
            throw new CursorBrokenException(e);
        }
    }

    /** How many of the range's keys have a newer version, in the same snapshot as the lines; known at the end. */
    int changedSince() {
        return changedSince;
    }

    private void countChangedSince() throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(CHANGED_SINCE)) {
            int next = bindRange(count);
            count.setString(next, range.windowTo());
            try (ResultSet one = count.executeQuery()) {
                one.next();
                changedSince = one.getInt(1);
            }
        }
    }

    @Override
    public void close() {
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
