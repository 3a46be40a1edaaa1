-- orgId, runId · the objects of a run and what failed in it: what its manifest lists
SELECT resource_type, status, object_key, delivered, bytes, sha256, etag, error_code, error_message
  FROM export_item
 WHERE org_id = :orgId AND run_id = :runId AND kind <> 'manifest'
   AND (status = 'failed' OR (status = 'delivered' AND object_key IS NOT NULL))
 ORDER BY ordinal
