-- orgId, connectionId · what no other connection sees becomes a tombstone that says nothing but its key; the receipt names how
-- many, by type, and which objects may hold a version of them: those whose key range covers it and whose window is neither
-- from before it first landed nor from after its last change. Conservative: a window between two changes counts, too
WITH seen AS (
    SELECT r.type, r.source_id, r.id, r.first_xid, r.changed_xid, r.withheld_xid,
           EXISTS (SELECT 1
                     FROM record_sighting o
                     JOIN connection c ON c.org_id = o.org_id AND c.id = o.connection_id AND c.status <> 'disconnected'
                    WHERE o.org_id = s.org_id AND o.type = s.type AND o.source_id = s.source_id AND o.id = s.id
                      AND o.connection_id <> s.connection_id) AS shared
      FROM record_sighting s
      JOIN resource_record r ON r.org_id = s.org_id AND r.type = s.type AND r.source_id = s.source_id AND r.id = s.id
     WHERE s.org_id = :orgId AND s.connection_id = :connectionId AND NOT r.deleted
), leaving AS (
    SELECT * FROM seen WHERE NOT shared
), blanked AS (
    UPDATE resource_record r
       SET content = '', content_hash = '', bytes = 0, original_id = NULL, patient_id = NULL, last_updated = NULL,
           changed_xid = pg_current_xact_id(), changed_at = now(), deleted = true, withheld_xid = NULL,
           erased_by = :connectionId
      FROM leaving l
     WHERE r.org_id = :orgId AND r.type = l.type AND r.source_id = l.source_id AND r.id = l.id
), unsaid AS ( -- what a FHIR server said of it may quote it
    UPDATE export_leftover f
       SET words = NULL, outcome = NULL
      FROM leaving l
     WHERE f.org_id = :orgId AND f.type = l.type AND f.source_id = l.source_id AND f.id = l.id
), holding AS (
    SELECT DISTINCT g.item_id
      FROM leaving l
      JOIN export_range g ON g.org_id = :orgId AND g.resource_type = l.type AND NOT g.deleted
           AND (l.source_id, l.id) >= (g.from_source, g.from_id) AND (l.source_id, l.id) <= (g.to_source, g.to_id)
      JOIN export_run w ON w.org_id = g.org_id AND w.id = g.run_id
     WHERE pg_visible_in_snapshot(l.first_xid, w.window_to)
       AND NOT pg_visible_in_snapshot(l.changed_xid, w.window_from)
       AND (NOT w.backfill OR pg_visible_in_snapshot(l.withheld_xid, w.window_to) IS NOT TRUE)
), objects AS ( -- of items tried so far, unless they came to nothing or were removed again
    INSERT INTO erasure_object (org_id, connection_id, item_id, run_id, destination_id, destination_name, object_key,
                                delivered_at)
    SELECT i.org_id, :connectionId, i.id, i.run_id, i.destination_id, d.name, i.object_key, i.delivered_at
      FROM holding h
      JOIN export_item i ON i.org_id = :orgId AND i.id = h.item_id
      JOIN destination d ON d.org_id = i.org_id AND d.id = i.destination_id
     WHERE i.attempts > 0 AND d.type <> 'fhir' AND (i.object_key IS NOT NULL OR i.delivered_at IS NULL)
)
INSERT INTO erasure_type (org_id, connection_id, type, erased, kept)
SELECT :orgId, :connectionId, type, count(*) FILTER (WHERE NOT shared), count(*) FILTER (WHERE shared)
  FROM seen
 GROUP BY type
