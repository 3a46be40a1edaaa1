package io.caravan.source;

import io.caravan.support.Columns;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** How a row of {@code source} becomes a {@link Source}. */
final class SourceRows {

    private SourceRows() {}

    static Source source(ResultSet row, int number) throws SQLException {
        return new Source(
                row.getString("org_id"),
                row.getString("id"),
                row.getString("name"),
                URI.create(row.getString("fhir_base_url")),
                row.getString("key"),
                row.getString("ids"),
                row.getString("profile"),
                row.getString("detected_profile"),
                Duration.ofSeconds(row.getLong("pull_every_seconds")),
                Columns.instant(row, "hold_until"),
                row.getString("hold_reason"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant());
    }
}
