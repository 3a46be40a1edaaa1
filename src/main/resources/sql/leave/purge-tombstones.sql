-- orgId · tombstones of erased records go for good once every destination, disabled ones too, has been sent the deletion,
-- and no item that will be read again counts on them: it would miss a record that nothing superseded
WITH waiting AS MATERIALIZED (
    SELECT * FROM open_range WHERE org_id = :orgId
), gone AS (
    DELETE FROM resource_record r
     WHERE r.org_id = :orgId AND r.erased_by IS NOT NULL AND r.deleted
       AND NOT EXISTS (SELECT 1 FROM destination_served d
                        WHERE d.org_id = r.org_id AND NOT d.has_nothing
                          AND NOT pg_visible_in_snapshot(r.changed_xid, d.watermark))
       AND NOT EXISTS (SELECT 1 FROM export_run w -- is about to be planned
                        WHERE w.org_id = r.org_id AND w.status = 'running' AND w.planned_at IS NULL
                          AND pg_visible_in_snapshot(r.changed_xid, w.window_to)
                          AND NOT pg_visible_in_snapshot(r.changed_xid, w.window_from))
       AND NOT EXISTS (SELECT 1 FROM waiting g
                        WHERE g.resource_type = r.type
                          AND (r.source_id, r.id) >= (g.from_source, g.from_id)
                          AND (r.source_id, r.id) <= (g.to_source, g.to_id)
                          AND (NOT pg_visible_in_snapshot(r.changed_xid, g.window_to)
                               OR (g.deleted AND NOT pg_visible_in_snapshot(r.changed_xid, g.window_from))))
    RETURNING r.org_id, r.type, r.source_id, r.id
), refused AS (
    DELETE FROM export_leftover f
     USING gone g
     WHERE f.org_id = g.org_id AND f.type = g.type AND f.source_id = g.source_id AND f.id = g.id
), forgotten AS (
    DELETE FROM record_sighting s
     USING gone g
     WHERE s.org_id = g.org_id AND s.type = g.type AND s.source_id = g.source_id AND s.id = g.id
)
SELECT count(*) FROM gone
