-- orgId, runId · the objects of a run and what failed in it: what its manifest lists; an archive comes once per entry
SELECT coalesce(i.resource_type, e.resource_type) AS resource_type, i.kind = 'deleted' AS deleted, i.status, i.object_key,
       e.name AS entry,
       coalesce(e.delivered, i.delivered) AS delivered, i.bytes, i.sha256, i.etag, i.error_code, i.error_message
  FROM export_item i
  LEFT JOIN export_entry e ON e.org_id = i.org_id AND e.item_id = i.id
 WHERE i.org_id = :orgId AND i.run_id = :runId AND i.kind <> 'manifest'
   AND (i.status = 'failed' OR (i.status = 'delivered' AND i.object_key IS NOT NULL
                                AND (e.item_id IS NULL OR e.name IS NOT NULL)))
 ORDER BY i.ordinal, e.ordinal
