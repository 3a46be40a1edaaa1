-- pull, warnings, sourceClock · the plan is stored and the claim is given back; no row where another node has taken the pull over
UPDATE pull p
   SET planned_at = clock_timestamp(), lease_until = NULL, attempts = 0, warnings = CAST(:warnings AS jsonb),
       error_code = NULL, error_message = NULL,
       -- least() leaves a null out
       asks_from = least(p.started_at, CAST(:sourceClock AS timestamptz)), grant_version = n.grant_version
  FROM connection n
 WHERE p.org_id = :orgId AND p.id = :id AND p.epoch = :epoch AND p.status = 'running' AND p.planned_at IS NULL
   AND n.org_id = p.org_id AND n.id = p.connection_id
