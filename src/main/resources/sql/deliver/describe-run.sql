-- orgId, runId · when the run took its window, and which run it completes
SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at, retry_of
  FROM export_run
 WHERE org_id = :orgId AND id = :runId
