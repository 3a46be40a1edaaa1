package io.caravan.connection;

import io.caravan.connection.Erasure.Deletion;
import io.caravan.connection.Erasure.Served;
import io.caravan.connection.Erasure.StoredObject;
import io.caravan.connection.Erasure.TypeCount;
import io.caravan.support.CaravanException;
import io.caravan.support.Columns;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Reads the receipts of erasures. */
@Repository
public class Erasures {

    private final JdbcClient jdbc;

    Erasures(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The connection's receipt; how far its deletion has come is found out now. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Erasure get(String orgId, String connectionId) {
        Instant erasedAt = of(
                        "SELECT erased_at FROM erasure WHERE org_id = :org AND connection_id = :connection",
                        orgId,
                        connectionId)
                .query((row, n) -> Columns.instant(row, "erased_at"))
                .optional()
                .orElseThrow(() -> CaravanException.notFound("erasure of connection", connectionId));
        List<TypeCount> types = types(orgId, connectionId);
        return new Erasure(
                connectionId,
                erasedAt,
                types.stream().mapToLong(TypeCount::erased).sum(),
                types.stream().mapToLong(TypeCount::kept).sum(),
                types,
                objects(orgId, connectionId),
                deletion(orgId, connectionId));
    }

    private List<TypeCount> types(String orgId, String connectionId) {
        return of("""
                        SELECT type, erased, kept
                          FROM erasure_type
                         WHERE org_id = :org AND connection_id = :connection
                         ORDER BY type""", orgId, connectionId).query(TypeCount.class).list();
    }

    /** As the item says today, where it is still there; one that came to nothing, or was removed again, holds nothing. */
    private List<StoredObject> objects(String orgId, String connectionId) {
        return of("""
                        SELECT o.destination_id, o.destination_name, o.run_id,
                               CASE WHEN i.id IS NULL THEN o.object_key ELSE i.object_key END AS object_key,
                               CASE WHEN i.id IS NULL THEN o.delivered_at ELSE i.delivered_at END AS delivered_at
                          FROM erasure_object o
                          LEFT JOIN export_item i ON i.org_id = o.org_id AND i.id = o.item_id
                         WHERE o.org_id = :org AND o.connection_id = :connection
                           AND (i.id IS NULL OR i.object_key IS NOT NULL OR i.delivered_at IS NULL)
                         ORDER BY o.destination_name, o.run_id, o.item_id""", orgId, connectionId)
                .query((row, n) -> new StoredObject(
                        row.getString("destination_id"),
                        row.getString("destination_name"),
                        row.getString("run_id"),
                        row.getString("object_key"),
                        Columns.instant(row, "delivered_at")))
                .list();
    }

    private Deletion deletion(String orgId, String connectionId) {
        int tombstones = of("""
                        SELECT count(*)::int
                          FROM resource_record
                         WHERE org_id = :org AND erased_by = :connection AND deleted""", orgId, connectionId).query(Integer.class).single();
        List<Served> destinations = served(orgId, connectionId);
        return new Deletion(destinations.stream().allMatch(Served::delivered), tombstones, destinations);
    }

    /** A destination has been sent the deletion when its watermark covers it and no part of it stands as failed. */
    private List<Served> served(String orgId, String connectionId) {
        return of("""
                        SELECT d.id AS destination_id, d.name, d.enabled,
                               NOT EXISTS (SELECT 1 FROM erasure_type t
                                            WHERE t.org_id = e.org_id AND t.connection_id = e.connection_id AND t.erased > 0)
                               OR (d.has_nothing OR pg_visible_in_snapshot(e.erased_xid, d.watermark))
                               AND NOT EXISTS (
                                   SELECT 1
                                     FROM open_range g
                                     JOIN resource_record r ON r.org_id = g.org_id AND r.type = g.resource_type
                                          AND (r.source_id, r.id) >= (g.from_source, g.from_id)
                                          AND (r.source_id, r.id) <= (g.to_source, g.to_id)
                                    WHERE g.org_id = d.org_id AND g.destination_id = d.id AND g.deleted
                                      AND g.status = 'failed' AND r.erased_by = e.connection_id AND r.deleted
                                      AND pg_visible_in_snapshot(r.changed_xid, g.window_to)
                                      AND NOT pg_visible_in_snapshot(r.changed_xid, g.window_from)) AS delivered
                          FROM erasure e
                          JOIN destination_served d ON d.org_id = e.org_id
                         WHERE e.org_id = :org AND e.connection_id = :connection
                         ORDER BY d.name""", orgId, connectionId).query(Served.class).list();
    }

    private JdbcClient.StatementSpec of(String statement, String orgId, String connectionId) {
        return jdbc.sql(statement).param("org", orgId).param("connection", connectionId);
    }
}
