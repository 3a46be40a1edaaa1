-- Pulls that repeat what another was refused or failed at, and that do not all begin at the same second.

-- When a connection is pulled next: never later than its source's interval says, and up to a tenth of it or an hour
-- earlier, so that connections made together do not stay together.
CREATE FUNCTION next_pull(every interval) RETURNS timestamptz
    LANGUAGE sql VOLATILE
AS $$
    SELECT now() + every - random() * least(every / 10, INTERVAL '1 hour')
$$;

CREATE INDEX pull_by_connection ON pull (org_id, connection_id, started_at);

-- Pulls that missed something that no later pull has asked for again, of a connection that can be pulled. One that began
-- later and was planned has: what it missed in turn is for its own retry.
CREATE VIEW pull_retryable AS
SELECT p.org_id, p.id
  FROM pull p
  JOIN connection c ON c.org_id = p.org_id AND c.id = p.connection_id AND c.status = 'active'
 WHERE p.status IN ('partial', 'failed', 'cancelled')
   AND NOT EXISTS (SELECT 1 FROM pull l
                    WHERE l.org_id = p.org_id AND l.connection_id = p.connection_id AND l.started_at >= p.completed_at
                      AND l.id <> p.id AND (l.retry_of IS NULL OR l.retry_of = p.id)
                      AND EXISTS (SELECT 1 FROM pull_task t WHERE t.org_id = l.org_id AND t.pull_id = l.id));
