-- task, rounds, batch · the next resources that a references task reads: a round is done before the next one begins
SELECT type, id, round FROM pull_reference
 WHERE org_id = :orgId AND pull_id = :pullId AND status = 'pending'
   AND round = (SELECT min(round) FROM pull_reference
                 WHERE org_id = :orgId AND pull_id = :pullId AND status = 'pending' AND round <= :rounds)
 ORDER BY type, id
 LIMIT :batch
