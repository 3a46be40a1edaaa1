-- body: TokenMissing · without a token the whole pull waits, and the try does not count; or what is left of the pull ends.
-- Tasks that a node works on at this moment come here by themselves
WITH stopped AS (
    UPDATE pull_task
       SET status = CASE WHEN CAST(:#${body.again} AS boolean) THEN 'pending' ELSE 'failed' END,
           attempts = CASE WHEN CAST(:#${body.again} AS boolean) THEN greatest(attempts - 1, 0) ELSE attempts END,
           due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           lease_until = NULL, error_code = :#${body.code}, error_message = :#${body.message}
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, pull_id, status, due_at, error_code, error_message
), others AS (
    -- in one order, and not those that a claim has in hand: no two of these statements wait for each other
    SELECT t.org_id, t.id
      FROM stopped s
      JOIN pull_task t ON t.org_id = s.org_id AND t.pull_id = s.pull_id
     WHERE t.status = 'pending'
     ORDER BY t.id
       FOR UPDATE OF t SKIP LOCKED
)
UPDATE pull_task t
   SET status = s.status, due_at = greatest(t.due_at, s.due_at), error_code = s.error_code, error_message = s.error_message
  FROM stopped s, others o
 WHERE t.org_id = o.org_id AND t.id = o.id
