package io.caravan.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.support.SqlValue;

/** The content that a statement takes from its file, while it is sent. */
record LargeContent(Optional<Content> content) implements SqlValue {

    /** The one among these that is large; of such there is one at most, and it is alone. */
    static LargeContent of(List<CutResource> landing) {
        return new LargeContent(landing.stream()
                .map(CutResource::content)
                .filter(Landings::isLarge)
                .findFirst());
    }

    @Override
    public void setValue(PreparedStatement statement, int index) throws SQLException {
        if (content.isPresent()) {
            statement.setBinaryStream(index, content.get().open(), content.get().length());
        } else {
            statement.setNull(index, Types.BINARY);
        }
    }

    @Override
    public void cleanup() {
        // its page closes it
    }
}
