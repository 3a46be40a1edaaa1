package io.caravan.run;

import io.caravan.run.RunDetail.Item;
import io.caravan.support.Columns;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the items of runs. */
@Repository
public class Items {

    private final JdbcClient jdbc;

    Items(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** In the order of the run's plan; {@code status} null lists all. */
    public Slice<Item> list(String orgId, String runId, String status, Paging paging) {
        List<Row> rows = jdbc.sql("""
                        SELECT id, run_id, ordinal, kind, resource_type, part, status, selected, delivered, superseded,
                               attempts, due_at, bytes, sha256, object_key, delivered_at, error_code, error_message,
                               resolved_by
                          FROM export_item
                         WHERE org_id = :org AND run_id = :run
                           AND (CAST(:status AS text) IS NULL OR status = :status)
                           AND ordinal > :after
                         ORDER BY ordinal
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("run", runId)
                .param("status", status)
                .param("after", ordinal(paging.after()))
                .param("fetch", paging.fetch())
                .query(Items::row)
                .list();
        return paging.slice(rows, row -> Integer.toString(row.ordinal())).map(Row::item);
    }

    private record Row(int ordinal, Item item) {}

    private static int ordinal(String after) {
        return after != null && after.matches("[0-9]{1,9}") ? Integer.parseInt(after) : Integer.MIN_VALUE;
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getInt("ordinal"),
                new Item(
                        row.getString("id"),
                        row.getString("run_id"),
                        row.getString("kind"),
                        row.getString("resource_type"),
                        row.getObject("part", Integer.class),
                        row.getString("status"),
                        row.getInt("selected"),
                        row.getInt("delivered"),
                        row.getInt("superseded"),
                        row.getInt("attempts"),
                        Columns.instant(row, "due_at"),
                        row.getLong("bytes"),
                        row.getString("sha256"),
                        row.getString("object_key"),
                        Columns.instant(row, "delivered_at"),
                        Failure.of(row.getString("error_code"), row.getString("error_message")),
                        row.getString("resolved_by")));
    }
}
