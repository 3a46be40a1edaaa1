-- orgId, connectionId · its tokens are destroyed, and no schedule finds it any more
UPDATE connection
   SET status = 'disconnected', credentials_sealed = NULL, credentials_set = '{}', credentials_at = NULL,
       next_pull_at = NULL, revision = revision + 1, updated_at = now(),
       error_code = NULL, error_message = NULL, error_since = NULL, token_tries = 0, token_due_at = NULL
 WHERE org_id = :orgId AND id = :connectionId AND status <> 'disconnected'
