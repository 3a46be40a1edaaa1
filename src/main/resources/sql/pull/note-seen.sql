-- orgId, pullId, and arrays of types, ids · what a page of a walk has shown: a row for each type on it
INSERT INTO pull_seen (org_id, pull_id, type, ids)
SELECT :orgId, :pullId, s.type, array_agg(s.id)
  FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS s (type, id)
 GROUP BY s.type
