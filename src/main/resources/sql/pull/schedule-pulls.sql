-- nothing · queues a pull for each active connection whose time has come; early, late or twice is harmless. While a pull of
-- it is running it stays due: its next one is queued when that has ended
WITH due AS (
    -- one whose token is being refreshed at this moment is found the next time. The source is joined here, for the update
    -- below is to find each by its key: by their source, thousands would be compared with thousands
    SELECT c.org_id, c.id, s.pull_every
      FROM connection c
      JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id
     WHERE c.status = 'active' AND c.next_pull_at <= now()
       AND NOT EXISTS (SELECT 1 FROM pull p
                        WHERE p.org_id = c.org_id AND p.connection_id = c.id AND p.status = 'running')
       FOR NO KEY UPDATE OF c SKIP LOCKED
), moved AS (
    UPDATE connection c
       SET next_pull_at = next_pull(d.pull_every)
      FROM due d
     WHERE c.org_id = d.org_id AND c.id = d.id
    RETURNING c.org_id, c.id, c.source_id
)
INSERT INTO pull (org_id, id, connection_id, source_id, trigger)
SELECT m.org_id, new_id('pull'), m.id, m.source_id, 'scheduled'
  FROM moved m
ON CONFLICT (org_id, connection_id) WHERE status = 'queued' DO UPDATE SET retry_of = NULL WHERE pull.retry_of IS NOT NULL
