-- orgId, pullId, connectionId, most, percent · what the connection sees of a type that was walked whole, and no walk has
-- shown; with one of each such type that was shown. Answers where too much is missing to be true: then nothing is nominated
WITH walked AS (
    SELECT resource_type AS type FROM pull_task
     WHERE org_id = :orgId AND pull_id = :pullId AND kind = 'search'
     GROUP BY resource_type
    -- a query that its source does not know, such as a category it has not, hides nothing; all of them unknown is null
    HAVING bool_and(status = 'done' AND full_walk AND shows_all) FILTER (WHERE status <> 'unsupported')
), known AS (
    -- grouped, not joined: where the records are new to the planner, it would compare each with each
    SELECT type, id, max(source_id) AS source_id, NOT bool_or(shown) AS missing
      FROM (SELECT s.type, s.id, s.source_id, false AS shown
              FROM walked w
              JOIN record_sighting s ON s.org_id = :orgId AND s.connection_id = :connectionId AND s.type = w.type
             UNION ALL
            SELECT s.type, u.id, NULL, true
              FROM walked w
              JOIN pull_seen s ON s.org_id = :orgId AND s.pull_id = :pullId AND s.type = w.type
             CROSS JOIN unnest(s.ids) AS u (id)) AS seen
     GROUP BY type, id
    HAVING count(source_id) > 0
), tally AS (
    SELECT type, count(*) AS known, count(*) FILTER (WHERE missing) AS missing FROM known GROUP BY ROLLUP (type)
), too_many AS (
    SELECT type, known, missing FROM tally WHERE missing > :most AND missing * 100 > known * :percent
), nominee AS (
    -- each looked up by its key: a join could be turned round, and go through all that is known for each record
    SELECT k.type, r.id, r.original_id, false AS control
      FROM known k
     CROSS JOIN LATERAL (
           SELECT r.id, r.original_id
             FROM resource_record r
            WHERE r.org_id = :orgId AND r.type = k.type AND r.source_id = k.source_id AND r.id = k.id
              AND NOT r.deleted AND r.original_id IS NOT NULL
            LIMIT 1) r
     WHERE k.missing AND NOT EXISTS (SELECT 1 FROM too_many)
), control AS (
    SELECT c.type, c.id, c.original_id, true AS control
      FROM (SELECT DISTINCT type FROM nominee) n
     CROSS JOIN LATERAL (
           SELECT k.type, r.id, r.original_id
             FROM known k
            CROSS JOIN LATERAL (
                  SELECT r.id, r.original_id
                    FROM resource_record r
                   WHERE r.org_id = :orgId AND r.type = k.type AND r.source_id = k.source_id AND r.id = k.id
                     AND NOT r.deleted AND r.original_id IS NOT NULL
                   LIMIT 1) r
            WHERE k.type = n.type AND NOT k.missing
            ORDER BY k.id
            LIMIT 1) c
), nominated AS (
    INSERT INTO pull_nominee (org_id, pull_id, type, id, original_id, control)
    SELECT :orgId, :pullId, type, id, original_id, control FROM nominee
     UNION ALL
    SELECT :orgId, :pullId, type, id, original_id, control FROM control
)
SELECT type, known, missing FROM too_many ORDER BY type NULLS LAST
