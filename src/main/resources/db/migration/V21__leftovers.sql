-- Key ranges that will be read, or may be again: of a run under way, and what failed, or was refused one by one, and can
-- still be retried. Of a delivered item for a FHIR server that is what waits, or was rejected.
CREATE OR REPLACE VIEW open_range AS
SELECT g.org_id, g.item_id, g.status, g.resource_type, g.from_source, g.from_id, g.to_source, g.to_id, g.deleted,
       w.destination_id, w.window_from, w.window_to
  FROM export_run w
  JOIN export_range g ON g.org_id = w.org_id AND g.run_id = w.id
 WHERE (w.status = 'running'
        AND (g.status <> 'delivered'
             OR EXISTS (SELECT 1 FROM export_leftover l WHERE l.org_id = g.org_id AND l.item_id = g.item_id)))
    OR ((g.status = 'failed' OR g.rejected > 0) AND (w.status = 'partial' OR (w.status = 'failed' AND w.mode = 'items'))
        AND (g.resolved_by IS NULL
             OR EXISTS (SELECT 1 FROM export_run s
                         WHERE s.org_id = g.org_id AND s.id = g.resolved_by AND s.status IN ('queued', 'running'))));
