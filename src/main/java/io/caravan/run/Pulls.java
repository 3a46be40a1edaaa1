package io.caravan.run;

import io.caravan.run.Pull.Export;
import io.caravan.support.CaravanException;
import io.caravan.support.Columns;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the pulls of an organization. */
@Repository
public class Pulls {

    private static final String SELECT = """
            SELECT p.id, p.connection_id, p.source_id, p.trigger, p.status, p.queued_at, p.started_at,
                   p.completed_at, p.error_code, p.error_message, p.retry_of, y.id IS NOT NULL AS retryable, t.*, w.warnings,
                   CASE WHEN p.status IN ('queued', 'running') AND t.at_work = 0
                             AND (p.lease_until IS NULL OR p.lease_until <= now())
                        THEN NULLIF(greatest(s.hold_until, now(),
                                             COALESCE((SELECT n.due_at
                                                         FROM pull_task n
                                                        WHERE n.org_id = p.org_id AND n.pull_id = p.id
                                                          AND n.status = 'pending'
                                                        ORDER BY n.phase, n.due_at
                                                        LIMIT 1), p.due_at)), now()) END AS waiting_until
              FROM pull p
              JOIN source s ON s.org_id = p.org_id AND s.id = p.source_id
              LEFT JOIN pull_retryable y ON y.org_id = p.org_id AND y.id = p.id
             CROSS JOIN LATERAL (
                   SELECT count(*) AS tasks,
                          count(*) FILTER (WHERE status IN ('pending', 'running')) AS open,
                          count(*) FILTER (WHERE status = 'done') AS done,
                          count(*) FILTER (WHERE status = 'unsupported') AS unsupported,
                          count(*) FILTER (WHERE status = 'refused') AS refused,
                          count(*) FILTER (WHERE status = 'failed') AS failed,
                          count(*) FILTER (WHERE status = 'running') AS at_work,
                          COALESCE(sum(seen), 0) AS seen, COALESCE(sum(created), 0) AS created,
                          COALESCE(sum(changed), 0) AS changed, COALESCE(sum(unchanged), 0) AS unchanged,
                          COALESCE(sum(deleted), 0) AS deleted
                     FROM pull_task
                    WHERE org_id = p.org_id AND pull_id = p.id) t
             CROSS JOIN LATERAL (
                   SELECT p.warnings || COALESCE(jsonb_agg(said), '[]') AS warnings
                     FROM (SELECT DISTINCT CASE kind WHEN 'references' THEN kind WHEN 'vanished' THEN 'deletions' ELSE resource_type END
                                           || ': ' || COALESCE(e ->> 'message', e #>> '{}') AS said
                             FROM pull_task CROSS JOIN LATERAL jsonb_array_elements(warnings) e
                            WHERE org_id = p.org_id AND pull_id = p.id
                            ORDER BY said
                            LIMIT 50) s) w
            """;

    private final JdbcClient jdbc;

    Pulls(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Pull> find(String orgId, String id) {
        return jdbc.sql(SELECT + "WHERE p.org_id = :org AND p.id = :id")
                .param("org", orgId)
                .param("id", id)
                .query(Pulls::row)
                .optional();
    }

    public Pull get(String orgId, String id) {
        return find(orgId, id).orElseThrow(() -> CaravanException.notFound("pull", id));
    }

    /** Newest first; a null filter lists all. */
    public Slice<Pull> list(String orgId, String connectionId, String status, Paging paging) {
        List<Pull> rows = jdbc.sql(SELECT + """
                         WHERE p.org_id = :org
                           AND (CAST(:connection AS text) IS NULL OR p.connection_id = :connection)
                           AND (CAST(:status AS text) IS NULL OR p.status = :status)
                           AND (CAST(:after AS text) IS NULL OR p.id < :after)
                         ORDER BY p.id DESC
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("connection", connectionId)
                .param("status", status)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(Pulls::row)
                .list();
        return paging.slice(rows, Pull::id);
    }

    /** The newest pull of each of these connections, by the connection's id. */
    public Map<String, Pull> latestOf(String orgId, Collection<String> connectionIds) {
        return jdbc
                .sql(SELECT + """
                         WHERE p.org_id = :org
                           AND p.id IN (SELECT max(id)
                                          FROM pull
                                         WHERE org_id = :org AND connection_id = ANY (:connections)
                                         GROUP BY connection_id)""")
                .param("org", orgId)
                .param("connections", connectionIds.toArray(String[]::new))
                .query(Pulls::row)
                .list()
                .stream()
                .collect(Collectors.toMap(Pull::connectionId, Function.identity()));
    }

    /**
     * The run that carried the pull's changes to each destination: the first whose window sees the pull settled. Where
     * there is none yet, the queued one that will; else the last that started while the pull was under way, for its
     * window may hold all that the pull brought. Empty for a pull that is open or brought nothing.
     */
    public List<Export> exports(String orgId, Pull pull) {
        if (!pull.resources().brought()) {
            return List.of();
        }
        return jdbc.sql("""
                        SELECT r.destination_id, r.id AS run_id, r.status
                          FROM pull p
                          JOIN destination d ON d.org_id = p.org_id
                         CROSS JOIN LATERAL (
                               SELECT e.destination_id, e.id, e.status
                                 FROM export_run e
                                CROSS JOIN LATERAL (
                                      SELECT pg_visible_in_snapshot(p.settled_xid, e.window_to)
                                             AND NOT pg_visible_in_snapshot(p.settled_xid, e.window_from)) w (whole)
                                WHERE e.org_id = d.org_id AND e.destination_id = d.id
                                  AND (e.mode IN ('delta', 'full') AND e.status <> 'cancelled'
                                           AND (w.whole OR e.started_at BETWEEN p.started_at AND p.completed_at)
                                       OR e.mode = 'delta' AND e.status = 'queued')
                                ORDER BY w.whole AND e.status IN ('succeeded', 'partial') DESC NULLS LAST,
                                         w.whole AND e.status = 'running' DESC NULLS LAST,
                                         e.status = 'queued' DESC, w.whole DESC NULLS LAST,
                                         CASE WHEN w.whole THEN e.id END, e.id DESC
                                LIMIT 1) r
                         WHERE p.org_id = :org AND p.id = :id AND p.settled_xid IS NOT NULL
                         ORDER BY r.destination_id""")
                .param("org", orgId)
                .param("id", pull.id())
                .query(Export.class)
                .list();
    }

    private static Pull row(ResultSet row, int number) throws SQLException {
        return new Pull(
                row.getString("id"),
                row.getString("connection_id"),
                row.getString("source_id"),
                row.getString("trigger"),
                row.getString("status"),
                Tasks.resources(row),
                new Pull.Tasks(
                        row.getInt("tasks"),
                        row.getInt("open"),
                        row.getInt("done"),
                        row.getInt("unsupported"),
                        row.getInt("refused"),
                        row.getInt("failed")),
                Warnings.of(row.getString("warnings")),
                Columns.instant(row, "queued_at"),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "completed_at"),
                Columns.instant(row, "waiting_until"),
                Failure.of(row.getString("error_code"), row.getString("error_message")),
                row.getString("retry_of"),
                row.getBoolean("retryable"));
    }
}
