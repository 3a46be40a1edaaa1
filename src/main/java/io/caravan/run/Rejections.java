package io.caravan.run;

import io.caravan.support.Columns;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what FHIR destinations refused in runs. */
@Repository
public class Rejections {

    private final JdbcClient jdbc;

    Rejections(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** In the order in which they were refused first. */
    public Slice<Rejection> list(String orgId, String runId, Paging paging) {
        List<Row> rows = jdbc.sql("""
                        SELECT l.number, l.type, l.id, i.kind = 'deleted' AS deletion, l.status, l.words, l.outcome,
                               l.last_at, l.item_id, i.resolved_by
                          FROM export_leftover l
                          JOIN export_item i ON i.org_id = l.org_id AND i.id = l.item_id
                         WHERE l.org_id = :org AND l.run_id = :run AND l.state = 'rejected' AND l.number > :after
                         ORDER BY l.number
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("run", runId)
                .param("after", number(paging.after()))
                .param("fetch", paging.fetch())
                .query(Rejections::row)
                .list();
        return paging.slice(rows, row -> Long.toString(row.number())).map(Row::rejection);
    }

    private record Row(long number, Rejection rejection) {}

    private static long number(String after) {
        return after != null && after.matches("[0-9]{1,18}") ? Long.parseLong(after) : -1;
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong("number"),
                new Rejection(
                        row.getString("type"),
                        row.getString("id"),
                        row.getBoolean("deletion"),
                        row.getObject("status", Integer.class),
                        row.getString("words"),
                        row.getString("outcome"),
                        Columns.instant(row, "last_at"),
                        row.getString("item_id"),
                        row.getString("resolved_by")));
    }
}
