-- pull, kinds, phases, types, queries, fullWalks, keys · the plan's tasks, in the transaction that marks the pull planned
INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query, full_walk, query_key)
SELECT p.org_id, new_id('task'), p.id, p.source_id, t.phase, t.kind, t.type, t.query, t.full_walk, t.key
  FROM pull p,
       unnest(CAST(:kinds AS text[]), CAST(:phases AS int[]), CAST(:types AS text[]), CAST(:queries AS text[]),
              CAST(:fullWalks AS boolean[]), CAST(:keys AS text[]))
           WITH ORDINALITY AS t (kind, phase, type, query, full_walk, key, n)
 WHERE p.org_id = :orgId AND p.id = :id
 ORDER BY t.n
