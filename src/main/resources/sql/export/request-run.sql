-- body: RunRequest · queues a run that somebody asked for; a queued delta run is it, and waits no longer; no row where the
-- destination is disabled
INSERT INTO export_run (org_id, id, destination_id, trigger, mode)
SELECT d.org_id, new_id('run'), d.id, 'manual', :mode
  FROM destination d
 WHERE d.org_id = :orgId AND d.id = :destinationId AND d.enabled
ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta' DO UPDATE SET due_at = now()
RETURNING id
