-- orgId, pullId, rounds · what earlier pulls of its connection noted to read and could not is this one's to read, be it a
-- retry or not: where it does not walk everything, it would not come to hear of it. What lay too far away stays out
WITH taken AS (
    DELETE FROM pull_reference r
     USING pull p, pull e
     WHERE p.org_id = :orgId AND p.id = :pullId
       AND e.org_id = p.org_id AND e.connection_id = p.connection_id AND e.completed_at IS NOT NULL
       AND r.org_id = e.org_id AND r.pull_id = e.id
    RETURNING r.org_id, r.type, r.id, r.record_id, r.round, r.result, r.status
)
INSERT INTO pull_reference (org_id, pull_id, type, id, record_id, round, result)
SELECT org_id, :pullId, type, id, record_id, round, result
  FROM taken
 WHERE status IN ('pending', 'failed') AND round <= :rounds
 ORDER BY type, id
ON CONFLICT DO NOTHING
