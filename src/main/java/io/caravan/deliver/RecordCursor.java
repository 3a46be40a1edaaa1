package io.caravan.deliver;

import io.caravan.support.SqlFiles;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The records of a range, some hundred whole ones at a time; of tombstones, as many as go on one line. */
final class RecordCursor extends RangeCursor<List<byte[]>> {

    private static final String READ = SqlFiles.load("deliver/read-item");
    private static final String READ_DELETED = SqlFiles.load("deliver/read-deleted");
    private static final int MOST_ROWS = 1000;

    private final int chunk;

    RecordCursor(DataSource database, RecordRange range) throws SQLException {
        super(database, range, range.deleted() ? READ_DELETED : READ, chunk(range));
        this.chunk = chunk(range);
    }

    private static int chunk(RecordRange range) {
        return range.deleted()
                ? Deletions.ON_A_LINE
                : Math.max(1, Math.min(MOST_ROWS, IN_MEMORY / Math.max(1, range.largest())));
    }

    @Override
    void bind(PreparedStatement statement, RecordRange range) throws SQLException {
        bindWindow(statement, bindRange(statement, 1, range), range);
    }

    @Override
    List<byte[]> take(ResultSet row) throws SQLException {
        List<byte[]> lines = new ArrayList<>(chunk);
        do {
            lines.add(row.getBytes(1));
        } while (advance() && lines.size() < chunk);
        return lines;
    }
}
