-- task, batch · the next resources that a references task reads
SELECT type, id FROM pull_reference
 WHERE org_id = :orgId AND pull_id = :pullId AND status = 'pending'
 ORDER BY type, id
 LIMIT :batch
