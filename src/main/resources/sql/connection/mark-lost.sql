-- org, id, revision, code, message · the grant is worth nothing any more: nothing is pulled until the patient reconnects
UPDATE connection
   SET status = 'refresh_failed', next_pull_at = NULL, error_code = :code, error_message = :message,
       error_since = clock_timestamp(), token_due_at = NULL
 WHERE org_id = :org AND id = :id AND revision = :revision AND status = 'active'
