-- orgId, pullId, and arrays of types, ids, statuses · what came of reading them; those of this batch that are gone at a
-- source which does answer reads of their type
WITH marked AS (
    UPDATE pull_nominee n
       SET status = r.status
      FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:statuses AS text[])) AS r (type, id, status)
     WHERE n.org_id = :orgId AND n.pull_id = :pullId AND n.type = r.type AND n.id = r.id
    RETURNING n.type, n.id, n.control, n.status
)
SELECT m.type, m.id FROM marked m
 WHERE m.status = 'gone' AND NOT m.control
   AND NOT EXISTS (SELECT 1
                     FROM pull_nominee c
                     LEFT JOIN marked now ON now.type = c.type AND now.id = c.id
                    WHERE c.org_id = :orgId AND c.pull_id = :pullId AND c.type = m.type AND c.control
                      AND coalesce(now.status, c.status) <> 'there')
