package io.caravan.deliver;

import io.caravan.support.SqlFiles;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The lines of a range that has large records, in pieces: however large one is, no more of it is in memory. */
final class PieceCursor extends RangeCursor<Pieces> {

    private static final String READ = SqlFiles.load("deliver/read-pieces");
    private static final int PIECE = 128 << 10;
    private static final int CHUNK = IN_MEMORY / PIECE / 2; // they come as text, two characters a byte

    private int nextStart = 1;

    PieceCursor(DataSource database, RecordRange range) throws SQLException {
        super(database, range, READ, CHUNK);
    }

    @Override
    void bind(PreparedStatement statement, RecordRange range) throws SQLException {
        statement.setInt(1, PIECE);
        int last = bindWindow(statement, bindRange(statement, 2, range), range);
        statement.setInt(last, PIECE);
    }

    @Override
    Pieces take(ResultSet row) throws SQLException {
        List<byte[]> pieces = new ArrayList<>(CHUNK);
        do {
            pieces.add(piece(row));
        } while (advance() && pieces.size() < CHUNK);
        return new Pieces(pieces);
    }

    /** The next piece of the line begun, or the first of the next line: a line is never put together wrongly. */
    private byte[] piece(ResultSet row) throws SQLException {
        int start = row.getInt(2);
        if (start != nextStart) {
            throw new SQLException("A piece of a record came out of turn");
        }
        nextStart = start + PIECE > row.getInt(3) ? 1 : start + PIECE;
        return row.getBytes(1);
    }
}
