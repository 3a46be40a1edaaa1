-- orgId, pullId, types, ids · resources to be read for this pull, each id once
INSERT INTO pull_reference (org_id, pull_id, type, id)
SELECT :orgId, :pullId, r.type, r.id
  FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS r (type, id)
 ORDER BY r.type, r.id
ON CONFLICT DO NOTHING
