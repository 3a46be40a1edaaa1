-- body: TaskFailure · tried again later, walked from page one once where its paging expired, or ended with its outcome; what
-- the source asked to wait holds for all that is asked of it; where the patient cannot be read, nothing else is tried
WITH failed AS (
    UPDATE pull_task
       SET status = CASE WHEN CAST(:#${body.restart} AS boolean) AND NOT restarted THEN 'pending' ELSE :#${body.outcome} END,
           next_url = CASE WHEN CAST(:#${body.restart} AS boolean) AND NOT restarted THEN NULL ELSE next_url END,
           pages = CASE WHEN CAST(:#${body.restart} AS boolean) AND NOT restarted THEN 0 ELSE pages END,
           restarted = restarted OR CAST(:#${body.restart} AS boolean),
           due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           attempts = :#${body.tries}, lease_until = NULL,
           -- waiting for the source says nothing about the task: what it met before stays
           error_code = CASE WHEN CAST(:#${body.tried} AS boolean) THEN :#${body.code} ELSE error_code END,
           error_message = CASE WHEN CAST(:#${body.tried} AS boolean) THEN :#${body.message} ELSE error_message END
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, source_id, pull_id, id, phase, status
), held AS (
    UPDATE source s
       SET hold_until = clock_timestamp() + CAST(:#${body.holdMillis} * INTERVAL '1 millisecond' AS interval),
           hold_reason = :#${body.message}
      FROM failed f
     WHERE s.org_id = f.org_id AND s.id = f.source_id AND :#${body.holdMillis} > 0
       AND (s.hold_until IS NULL
            OR s.hold_until < clock_timestamp() + CAST(:#${body.holdMillis} * INTERVAL '1 millisecond' AS interval))
), forgotten AS (
    DELETE FROM task_page p
     USING failed f
     WHERE CAST(:#${body.restart} AS boolean) AND p.org_id = f.org_id AND p.task_id = f.id
)
UPDATE pull_task t
   SET status = 'failed', error_code = 'patient_unreadable',
       error_message = 'Not tried: the patient could not be read.'
  FROM failed f
 WHERE f.phase = 0 AND f.status <> 'pending'
   AND t.org_id = f.org_id AND t.pull_id = f.pull_id AND t.phase > 0 AND t.status = 'pending'
