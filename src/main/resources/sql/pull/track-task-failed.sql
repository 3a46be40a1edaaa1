-- body: TaskFailure · tried again later, walked from page one once where its paging expired, or ended with its outcome; where the source asked to wait, its other tasks wait
-- too; where the patient cannot be read, nothing else is tried
WITH failed AS (
    UPDATE pull_task
       SET status = CASE WHEN CAST(:#${body.restart} AS boolean) AND NOT restarted THEN 'pending' ELSE :#${body.outcome} END,
           next_url = CASE WHEN CAST(:#${body.restart} AS boolean) AND NOT restarted THEN NULL ELSE next_url END,
           restarted = restarted OR CAST(:#${body.restart} AS boolean),
           due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           lease_until = NULL, error_code = :#${body.code}, error_message = :#${body.message}
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, source_id, pull_id, phase, status, due_at
), early AS (
    -- in one order, and not those that a claim has in hand: no two of these statements wait for each other
    SELECT t.org_id, t.id, f.due_at
      FROM failed f
      JOIN pull_task t ON t.org_id = f.org_id AND t.source_id = f.source_id
     WHERE CAST(:#${body.sourceWaits} AS boolean) AND f.status = 'pending'
       AND t.status = 'pending' AND t.due_at < f.due_at
     ORDER BY t.id
       FOR UPDATE OF t SKIP LOCKED
), held AS (
    UPDATE pull_task t SET due_at = e.due_at
      FROM early e
     WHERE t.org_id = e.org_id AND t.id = e.id
)
UPDATE pull_task t
   SET status = 'failed', error_code = 'patient_unreadable',
       error_message = 'Not tried: the patient could not be read.'
  FROM failed f
 WHERE f.phase = 0 AND f.status <> 'pending'
   AND t.org_id = f.org_id AND t.pull_id = f.pull_id AND t.phase > 0 AND t.status = 'pending'
