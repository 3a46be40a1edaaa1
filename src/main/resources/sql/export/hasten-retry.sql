-- orgId, id · the automatic retry of this run, if one waits, waits no longer
UPDATE export_run
   SET due_at = now()
 WHERE org_id = :orgId AND retry_of = :id AND status = 'queued' AND trigger = 'auto_retry'
RETURNING id
