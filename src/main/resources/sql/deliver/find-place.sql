-- orgId, runId · where a run's objects lie
SELECT r.destination_id, d.type, d.revision, coalesce(r.settings, d.settings)::text AS settings
  FROM export_run r
  JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
 WHERE r.org_id = :orgId AND r.id = :runId
