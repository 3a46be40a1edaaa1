package io.caravan.run;

import io.caravan.run.RunDetail.TypeCount;
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

/** Reads the runs of an organization. */
@Repository
public class Runs {

    /** A run with the sums of its items; a failed one can be retried while its window is still to be covered. */
    private static final String SELECT = """
            SELECT r.id, r.destination_id, r.trigger, r.mode, r.status, r.patients_selected, r.patients_delivered,
                   r.patients_failed, r.queued_at, r.due_at, r.started_at, r.completed_at, r.error_code,
                   r.error_message, r.retry_of, r.resolved_by, i.*, q.next_try_at,
                   d.enabled AND r.resolved_by IS NULL AND (
                       q.next_try_at IS NOT NULL
                       OR r.status = 'failed' AND r.mode <> 'items'
                           AND (r.window_from IS NULL OR CAST(d.watermark AS text) = CAST(r.window_from AS text))
                           AND NOT EXISTS (SELECT 1 FROM export_run a
                                            WHERE a.org_id = r.org_id AND a.destination_id = r.destination_id
                                              AND a.status = 'running' AND a.mode <> 'items')
                       OR (r.status = 'partial' OR r.status = 'failed' AND r.mode = 'items') AND i.unresolved > 0)
                       AS retryable
              FROM export_run r
              JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
             CROSS JOIN LATERAL (
                   SELECT count(*) AS items,
                          count(*) FILTER (WHERE status IN ('delivered', 'failed')) AS ended,
                          count(*) FILTER (WHERE status = 'failed') AS items_failed,
                          count(*) FILTER (WHERE (status = 'failed' OR rejected > 0)
                                             AND kind NOT IN ('manifest', 'repeats') AND resolved_by IS NULL)
                              AS unresolved,
                          count(*) FILTER (WHERE status = 'delivered' AND kind <> 'manifest'
                                             AND d.type = 'object_storage') AS files,
                          COALESCE(sum(bytes) FILTER (WHERE status = 'delivered' AND kind <> 'manifest'), 0) AS bytes,
                          COALESCE(sum(selected), 0) AS selected,
                          COALESCE(sum(delivered), 0) AS delivered,
                          COALESCE(sum(superseded), 0) AS superseded,
                          COALESCE(sum(CASE status WHEN 'failed' THEN selected - delivered - superseded
                                                   ELSE rejected END), 0) AS failed
                     FROM export_item
                    WHERE org_id = r.org_id AND run_id = r.id) i
             CROSS JOIN LATERAL ( -- the automatic retry that waits
                   SELECT min(due_at) AS next_try_at
                     FROM export_run
                    WHERE org_id = r.org_id AND retry_of = r.id AND status = 'queued' AND trigger = 'auto_retry') q
            """;

    private final JdbcClient jdbc;

    Runs(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Run> find(String orgId, String id) {
        return jdbc.sql(SELECT + "WHERE r.org_id = :org AND r.id = :id")
                .param("org", orgId)
                .param("id", id)
                .query(Runs::row)
                .optional();
    }

    public Run get(String orgId, String id) {
        return find(orgId, id).orElseThrow(() -> CaravanException.notFound("run", id));
    }

    public RunDetail detail(String orgId, String id) {
        return new RunDetail(get(orgId, id), types(orgId, id), pulls(orgId, id));
    }

    /** Newest first; a null filter lists all. */
    public Slice<Run> list(String orgId, String destinationId, String status, Paging paging) {
        List<Run> rows = jdbc.sql(SELECT + """
                         WHERE r.org_id = :org
                           AND (CAST(:destination AS text) IS NULL OR r.destination_id = :destination)
                           AND (CAST(:status AS text) IS NULL OR r.status = :status)
                           AND (CAST(:after AS text) IS NULL OR r.id < :after)
                         ORDER BY r.id DESC
                         LIMIT :fetch""")
                .param("org", orgId)
                .param("destination", destinationId)
                .param("status", status)
                .param("after", paging.after())
                .param("fetch", paging.fetch())
                .query(Runs::row)
                .list();
        return paging.slice(rows, Run::id);
    }

    /** The newest run of each of these destinations, by the destination's id; an automatic retry once it has begun. */
    public Map<String, Run> latestOf(String orgId, Collection<String> destinationIds) {
        return jdbc
                .sql(SELECT + """
                         WHERE r.org_id = :org
                           AND r.id IN (SELECT max(id)
                                          FROM export_run
                                         WHERE org_id = :org AND destination_id = ANY (:destinations)
                                           AND NOT (status = 'queued' AND trigger = 'auto_retry')
                                         GROUP BY destination_id)""")
                .param("org", orgId)
                .param("destinations", destinationIds.toArray(String[]::new))
                .query(Runs::row)
                .list()
                .stream()
                .collect(Collectors.toMap(Run::destinationId, Function.identity()));
    }

    private List<TypeCount> types(String orgId, String id) {
        return jdbc.sql("""
                        SELECT g.resource_type AS type, sum(g.selected) AS selected, sum(g.delivered) AS delivered,
                               COALESCE(sum(g.delivered) FILTER (WHERE g.deleted), 0) AS deleted,
                               sum(g.superseded) AS superseded,
                               sum(CASE g.status WHEN 'failed' THEN g.selected - g.delivered - g.superseded
                                                 ELSE g.rejected END) AS failed,
                               count(*) FILTER (WHERE g.status = 'delivered' AND d.type = 'object_storage') AS files,
                               COALESCE(sum(g.bytes) FILTER (WHERE g.status = 'delivered'), 0) AS bytes
                          FROM export_range g
                          JOIN export_run r ON r.org_id = g.org_id AND r.id = g.run_id
                          JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
                         WHERE g.org_id = :org AND g.run_id = :id
                         GROUP BY g.resource_type
                         ORDER BY g.resource_type""")
                .param("org", orgId)
                .param("id", id)
                .query(TypeCount.class)
                .list();
    }

    private List<String> pulls(String orgId, String id) {
        return jdbc.sql("""
                        SELECT p.id
                          FROM export_run r
                          JOIN pull p ON p.org_id = r.org_id
                                     AND p.settled_xid >= pg_snapshot_xmin(r.window_from)
                                     AND p.settled_xid < pg_snapshot_xmax(r.window_to)
                                     AND pg_visible_in_snapshot(p.settled_xid, r.window_to)
                                     AND NOT pg_visible_in_snapshot(p.settled_xid, r.window_from)
                         WHERE r.org_id = :org AND r.id = :id
                         ORDER BY p.id DESC
                         LIMIT 200""")
                .param("org", orgId)
                .param("id", id)
                .query(String.class)
                .list();
    }

    private static Run row(ResultSet row, int number) throws SQLException {
        return new Run(
                row.getString("id"),
                row.getString("destination_id"),
                row.getString("trigger"),
                row.getString("mode"),
                row.getString("status"),
                new Run.Patients(
                        row.getInt("patients_selected"),
                        row.getInt("patients_delivered"),
                        row.getInt("patients_failed")),
                new Run.Resources(
                        row.getLong("selected"),
                        row.getLong("delivered"),
                        row.getLong("superseded"),
                        row.getLong("failed")),
                new Run.Items(row.getInt("items"), row.getInt("ended"), row.getInt("items_failed")),
                row.getInt("files"),
                row.getLong("bytes"),
                Columns.instant(row, "queued_at"),
                Columns.instant(row, "due_at"),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "completed_at"),
                Failure.of(row.getString("error_code"), row.getString("error_message")),
                row.getString("retry_of"),
                row.getString("resolved_by"),
                Columns.instant(row, "next_try_at"),
                row.getBoolean("retryable"));
    }
}
