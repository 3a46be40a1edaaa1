-- orgId, id, trigger, wait · queues the retry of a run, due after so many seconds: its failed items and what was rejected, or, where it delivered nothing, a run from the same watermark
WITH original AS (
    SELECT r.* FROM export_run r
      JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
     WHERE r.org_id = :orgId AND r.id = :id
       AND ((r.status = 'failed' AND r.mode <> 'items'
             AND (r.window_from IS NULL OR r.window_from::text = d.watermark::text)
             AND NOT EXISTS (SELECT 1 FROM export_run a -- it goes from the same watermark
                              WHERE a.org_id = r.org_id AND a.destination_id = r.destination_id
                                AND a.status = 'running' AND a.mode <> 'items'))
            OR (r.status IN ('partial', 'failed')
                AND EXISTS (SELECT 1 FROM export_item i WHERE i.org_id = r.org_id AND i.run_id = r.id
                               AND i.kind NOT IN ('manifest', 'repeats') AND (i.status = 'failed' OR i.rejected > 0)
                               AND i.resolved_by IS NULL)
                AND (r.status = 'partial' OR r.mode = 'items')))
       FOR UPDATE OF r
), queued AS (
    INSERT INTO export_run (org_id, id, destination_id, trigger, due_at, mode, retry_of, window_from, window_to)
    SELECT o.org_id, new_id('run'), o.destination_id, :trigger, now() + CAST(:wait AS int) * INTERVAL '1 second',
           CASE WHEN o.status = 'failed' AND o.mode <> 'items' THEN 'delta' ELSE 'items' END, o.id,
           CASE WHEN o.status = 'failed' AND o.mode <> 'items' THEN NULL ELSE o.window_from END,
           CASE WHEN o.status = 'failed' AND o.mode <> 'items' THEN NULL ELSE o.window_to END
      FROM original o
    ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta'
    DO UPDATE SET due_at = least(export_run.due_at, excluded.due_at), retry_of = coalesce(export_run.retry_of, excluded.retry_of)
    RETURNING org_id, id, mode, retry_of
), carried AS (
    UPDATE export_item i
       SET resolved_by = q.id
      FROM queued q
     WHERE q.mode = 'items' AND i.org_id = q.org_id AND i.run_id = q.retry_of
       AND i.kind NOT IN ('manifest', 'repeats') AND (i.status = 'failed' OR i.rejected > 0) AND i.resolved_by IS NULL
)
SELECT id FROM queued
