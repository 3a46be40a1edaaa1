-- orgId, pullId, batch · the next nominees to read: first what tells whether the source answers reads of their types
SELECT type, id, original_id, control FROM pull_nominee
 WHERE org_id = :orgId AND pull_id = :pullId AND status = 'pending'
 ORDER BY control DESC, type, id
 LIMIT :batch
