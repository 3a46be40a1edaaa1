-- pull, warnings · the plan is stored and the claim is given back; no row where another node has taken the pull over
UPDATE pull
   SET planned_at = clock_timestamp(), lease_until = NULL, attempts = 0, warnings = CAST(:warnings AS jsonb),
       error_code = NULL, error_message = NULL
 WHERE org_id = :orgId AND id = :id AND epoch = :epoch AND status = 'running' AND planned_at IS NULL
