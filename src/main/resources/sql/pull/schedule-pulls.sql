-- nothing · queues a pull for each active connection whose time has come; early, late or twice is harmless. While a pull of
-- it is running it stays due: its next one is queued when that has ended
WITH due AS (
    UPDATE connection c
       SET next_pull_at = next_pull(s.pull_every)
      FROM source s
     WHERE s.org_id = c.org_id AND s.id = c.source_id
       AND c.status = 'active' AND c.next_pull_at <= now()
       AND NOT EXISTS (SELECT 1 FROM pull p
                        WHERE p.org_id = c.org_id AND p.connection_id = c.id AND p.status = 'running')
    RETURNING c.org_id, c.id, c.source_id
)
INSERT INTO pull (org_id, id, connection_id, source_id, trigger)
SELECT d.org_id, new_id('pull'), d.id, d.source_id, 'scheduled'
  FROM due d
ON CONFLICT (org_id, connection_id) WHERE status = 'queued' DO UPDATE SET retry_of = NULL WHERE pull.retry_of IS NOT NULL
