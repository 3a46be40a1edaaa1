-- orgId, sourceId, connectionId, pullId, limits, most · a task for each Binary that has not been fetched for the version
-- that names it, those first that no pull has asked for; the answer is how many are left for the next pull
WITH due AS (
    SELECT a.path, min(coalesce(a.planned_at, TIMESTAMPTZ '-infinity')) AS planned_at
      FROM attachment a
     WHERE a.org_id = :orgId AND a.connection_id = :connectionId
       AND (a.status = 'due' OR a.status = 'left_out' AND a.left_out_by IS DISTINCT FROM :limits)
     GROUP BY a.path
), chosen AS (
    SELECT path FROM due ORDER BY planned_at, path LIMIT :most
), marked AS (
    UPDATE attachment a
       SET planned_at = clock_timestamp()
      FROM chosen c
     WHERE a.org_id = :orgId AND a.connection_id = :connectionId AND a.path = c.path AND a.status <> 'fetched'
), planned AS (
    INSERT INTO pull_task (org_id, id, pull_id, source_id, phase, kind, resource_type, query)
    SELECT :orgId, new_id('task'), :pullId, :sourceId, 3, 'attachment', 'Binary', c.path FROM chosen c
    ON CONFLICT (org_id, pull_id, query) WHERE kind = 'attachment' DO NOTHING
)
SELECT (SELECT count(*) FROM due) - (SELECT count(*) FROM chosen)
