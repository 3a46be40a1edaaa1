-- body: RunCancel · a queued run ends at once, a running one after the items in flight; no row where it has ended. What a
-- queued retry was to carry can be retried again
WITH asked AS (
    UPDATE export_run
       SET cancel_requested = true,
           completed_at = CASE WHEN status = 'queued' THEN clock_timestamp() END,
           status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
     WHERE org_id = :orgId AND id = :id AND status IN ('queued', 'running')
    RETURNING org_id, id, status, retry_of
), freed AS (
    UPDATE export_item o
       SET resolved_by = NULL
      FROM asked a
     WHERE a.status = 'cancelled' AND o.org_id = a.org_id AND o.run_id = a.retry_of AND o.resolved_by = a.id
)
SELECT id FROM asked
