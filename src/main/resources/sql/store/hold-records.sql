-- orgId, sourceId, and arrays of types, ids · records are locked, in the order in which pages lock them: pages of other
-- connections that land at this moment are waited for, and the next statement sees whom they made see a record
SELECT count(*)
  FROM (SELECT 1
          FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS g (type, id)
          JOIN resource_record r ON r.org_id = :orgId AND r.type = g.type AND r.source_id = :sourceId AND r.id = g.id
         ORDER BY r.type, r.source_id, r.id
           FOR NO KEY UPDATE OF r) held
