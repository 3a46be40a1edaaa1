-- nothing · the periodic safety net: the question that settle-pull asks, for everybody; a destination whose last run
-- failed or was cancelled is left to its retries and to the next trigger
INSERT INTO export_run (org_id, id, destination_id, trigger, mode, due_at)
SELECT d.org_id, new_id('run'), d.id, 'pull_completed', 'delta', now() + CAST(:#${properties:caravan.export.quiet} AS interval)
  FROM destination_behind d
 WHERE NOT EXISTS (SELECT 1 FROM export_run q
                    WHERE q.org_id = d.org_id AND q.destination_id = d.id AND q.status = 'queued' AND q.mode = 'delta')
   AND (SELECT l.status FROM export_run l
         WHERE l.org_id = d.org_id AND l.destination_id = d.id AND l.mode <> 'items'
         ORDER BY l.id DESC LIMIT 1) IN ('failed', 'cancelled') IS NOT TRUE
ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta' DO NOTHING
