-- orgId, pullId, retryOf · what the repeated pull left unread of the references it had noted
INSERT INTO pull_reference (org_id, pull_id, type, id, record_id, round, result)
SELECT org_id, :pullId, type, id, record_id, round, result FROM pull_reference
 WHERE org_id = :orgId AND pull_id = :retryOf AND status IN ('pending', 'failed')
ON CONFLICT DO NOTHING
