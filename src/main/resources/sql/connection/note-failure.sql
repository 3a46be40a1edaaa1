-- org, id, revision, code, message, waitMillis · no token for the time being: no node asks again before the wait is over
UPDATE connection
   SET error_code = :code, error_message = :message, error_since = coalesce(error_since, clock_timestamp()),
       token_tries = token_tries + 1,
       token_due_at = clock_timestamp() + CAST(:waitMillis * INTERVAL '1 millisecond' AS interval)
 WHERE org_id = :org AND id = :id AND revision = :revision AND status = 'active'
