-- orgId, pullId, types, ids, statuses · what came of reading them, in the transaction that lands what was read
UPDATE pull_reference p
   SET status = r.status
  FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:statuses AS text[])) AS r (type, id, status)
 WHERE p.org_id = :orgId AND p.pull_id = :pullId AND p.type = r.type AND p.id = r.id
