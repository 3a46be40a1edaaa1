package io.caravan.run;

import io.caravan.run.Pull.Resources;
import io.caravan.run.Pull.Task;
import io.caravan.support.Columns;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the tasks of pulls. */
@Repository
public class Tasks {

    private final JdbcClient jdbc;

    Tasks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** In the order of the pull's phases; {@code status} null lists all. */
    public Slice<Task> list(String orgId, String pullId, String status, Paging paging) {
        List<Row> rows = jdbc.sql("""
                        SELECT id, pull_id, phase, kind, resource_type, query, status, pages, seen, created, changed,
                               unchanged, deleted, attempts, due_at, error_code, error_message, warnings
                          FROM pull_task
                         WHERE org_id = :org AND pull_id = :pull
                           AND (CAST(:status AS text) IS NULL OR status = :status)
                           AND (phase, id) > (:phase, :after)
                         ORDER BY phase, id
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("pull", pullId)
                .param("status", status)
                .param("phase", phase(paging.after()))
                .param("after", id(paging.after()))
                .param("fetch", paging.fetch())
                .query(Tasks::row)
                .list();
        return paging.slice(rows, row -> row.phase() + "/" + row.task().id()).map(Row::task);
    }

    /** Seen, new, changed, unchanged and deleted: the same columns in a task and in the sums of a pull. */
    static Resources resources(ResultSet row) throws SQLException {
        return new Resources(
                row.getLong("seen"),
                row.getLong("created"),
                row.getLong("changed"),
                row.getLong("unchanged"),
                row.getLong("deleted"));
    }

    private record Row(int phase, Task task) {}

    private static int phase(String after) {
        return after != null && after.matches("[0-9]{1,4}/.*")
                ? Integer.parseInt(after.substring(0, after.indexOf('/')))
                : -1;
    }

    private static String id(String after) {
        return after == null ? "" : after.substring(after.indexOf('/') + 1);
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getInt("phase"),
                new Task(
                        row.getString("id"),
                        row.getString("pull_id"),
                        row.getString("kind"),
                        row.getString("resource_type"),
                        row.getString("query"),
                        row.getString("status"),
                        row.getInt("pages"),
                        resources(row),
                        row.getInt("attempts"),
                        Columns.instant(row, "due_at"),
                        Failure.of(row.getString("error_code"), row.getString("error_message")),
                        Warnings.of(row.getString("warnings"))));
    }
}
