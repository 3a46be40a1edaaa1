-- org, id · a connection's tokens, and the database's time: it decides what has expired
SELECT org_id, id, status, revision, credentials_sealed, scope, requested_scope, missing_scopes,
       error_code, error_message, error_since, token_tries, token_due_at, clock_timestamp() AS read_at
  FROM connection
 WHERE org_id = :org AND id = :id
