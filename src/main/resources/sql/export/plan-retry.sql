-- orgId, id, epoch · a retry's items: what failed in the run that it completes, with the same key ranges and window. Of an item
-- for a FHIR server that is what lies behind the key it had come to, and what was refused before that
WITH run AS (
    SELECT r.org_id, r.id, r.destination_id, r.retry_of, r.window_from, r.window_to, o.backfill, o.first_backfill,
           d.type <> 'fhir' AS has_manifest
      FROM export_run r
      JOIN export_run o ON o.org_id = r.org_id AND o.id = r.retry_of
      JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
     WHERE r.org_id = :orgId AND r.id = :id AND r.epoch = :epoch AND r.status = 'running' AND r.planned_at IS NULL
       FOR UPDATE OF r
), failed AS (
    SELECT i.*, new_id('item') AS copy,
           CASE WHEN i.status = 'delivered' THEN i.to_source ELSE i.done_source END AS after_source,
           CASE WHEN i.status = 'delivered' THEN i.to_id ELSE i.done_id END AS after_id
      FROM run, export_item i
     WHERE i.org_id = run.org_id AND i.run_id = run.retry_of AND i.resolved_by = run.id
), files AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, resource_type, part, rank,
                             from_source, from_id, to_source, to_id, done_source, done_id, largest, selected)
    SELECT run.org_id, f.copy, run.id, run.destination_id, row_number() OVER (ORDER BY f.ordinal),
           f.kind, f.resource_type, f.part, f.rank, f.from_source, f.from_id, f.to_source, f.to_id,
           f.after_source, f.after_id, f.largest, f.selected - f.delivered - f.superseded
      FROM run, failed f
), leftovers AS (
    INSERT INTO export_leftover (org_id, run_id, item_id, rank, type, source_id, id, state)
    SELECT l.org_id, run.id, f.copy, l.rank, l.type, l.source_id, l.id, 'again'
      FROM run, failed f
      JOIN export_leftover l ON l.org_id = f.org_id AND l.item_id = f.id
     ORDER BY l.number
), entries AS (
    INSERT INTO export_entry (org_id, item_id, ordinal, resource_type, part,
                              from_source, from_id, to_source, to_id, largest, selected)
    SELECT e.org_id, f.copy, e.ordinal, e.resource_type, e.part,
           e.from_source, e.from_id, e.to_source, e.to_id, e.largest, e.selected
      FROM failed f
      JOIN export_entry e ON e.org_id = f.org_id AND e.item_id = f.id
), manifest AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, f.n + 1, 'manifest'
      FROM run, (SELECT count(*) AS n FROM failed) f
     WHERE f.n > 0 AND run.has_manifest
)
UPDATE export_run r
   SET planned_at = clock_timestamp(), lease_until = NULL,
       backfill = run.backfill, first_backfill = run.first_backfill,
       patients_selected = (
           SELECT count(DISTINCT c.patient_id)
             FROM failed f
             JOIN export_range g ON g.org_id = f.org_id AND g.item_id = f.id
             JOIN resource_record c ON c.org_id = g.org_id AND c.type = g.resource_type
                  AND (c.source_id, c.id) >= (g.from_source, g.from_id) AND (c.source_id, c.id) <= (g.to_source, g.to_id)
            WHERE ((c.source_id, c.id) > (f.after_source, f.after_id)
                   OR EXISTS (SELECT 1 FROM export_leftover l
                               WHERE l.org_id = f.org_id AND l.item_id = f.id AND l.source_id = c.source_id AND l.id = c.id))
              AND NOT pg_visible_in_snapshot(c.changed_xid, run.window_from)
              AND pg_visible_in_snapshot(c.changed_xid, run.window_to) AND c.deleted = g.deleted
              AND (c.deleted OR NOT run.backfill OR pg_visible_in_snapshot(c.withheld_xid, run.window_to) IS NOT TRUE))
  FROM run
 WHERE r.org_id = run.org_id AND r.id = run.id
