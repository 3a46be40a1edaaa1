-- org, id, revision, sealed, names, scope, missing, wider · what a refresh gave; no row where somebody else changed the credentials
UPDATE connection
   SET credentials_sealed = :sealed, credentials_set = CAST(:names AS text[]), revision = revision + 1,
       scope = :scope, missing_scopes = CAST(:missing AS text[]),
       -- what was out of reach may be old
       grant_version = grant_version + CASE WHEN CAST(:wider AS boolean) THEN 1 ELSE 0 END,
       error_code = NULL, error_message = NULL, error_since = NULL, token_tries = 0, token_due_at = NULL
 WHERE org_id = :org AND id = :id AND revision = :revision AND status = 'active'
