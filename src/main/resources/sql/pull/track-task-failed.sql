-- body: TaskFailure · tried again later, or ended with its outcome; where the patient cannot be read, nothing else is tried
WITH failed AS (
    UPDATE pull_task
       SET status = :#${body.outcome},
           due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           lease_until = NULL, error_code = :#${body.code}, error_message = :#${body.message}
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, pull_id, phase, status
)
UPDATE pull_task t
   SET status = 'failed', error_code = 'patient_unreadable',
       error_message = 'Not tried: the patient could not be read.'
  FROM failed f
 WHERE f.phase = 0 AND f.status <> 'pending'
   AND t.org_id = f.org_id AND t.pull_id = f.pull_id AND t.phase > 0 AND t.status = 'pending'
