-- orgId, pullId, round, and arrays of types, ids, recordIds, results · resources to be read for this pull, each id once
INSERT INTO pull_reference (org_id, pull_id, type, id, record_id, round, result)
SELECT :orgId, :pullId, r.type, r.id, r.record_id, :round, r.result
  FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:recordIds AS text[]), CAST(:results AS boolean[]))
           AS r (type, id, record_id, result)
 ORDER BY r.type, r.id
ON CONFLICT DO NOTHING
