-- orgId, id · queues a pull that repeats what this one was refused or failed at. A queued pull of everything does that too;
-- one that was to repeat another pull becomes a pull of everything
WITH original AS (
    SELECT p.org_id, p.id, p.connection_id, p.source_id, p.full_walk, c.status = 'active' AS active, r.id IS NOT NULL AS retryable
      FROM pull p
      JOIN connection c ON c.org_id = p.org_id AND c.id = p.connection_id
      LEFT JOIN pull_retryable r ON r.org_id = p.org_id AND r.id = p.id
     WHERE p.org_id = :orgId AND p.id = :id
       FOR KEY SHARE OF c
), queued AS (
    INSERT INTO pull (org_id, id, connection_id, source_id, trigger, full_walk, retry_of)
    SELECT o.org_id, new_id('pull'), o.connection_id, o.source_id, 'retry', o.full_walk, o.id FROM original o WHERE o.retryable
    ON CONFLICT (org_id, connection_id) WHERE status = 'queued'
    DO UPDATE SET due_at = now(), full_walk = pull.full_walk OR excluded.full_walk,
                  retry_of = CASE WHEN pull.retry_of = excluded.retry_of THEN pull.retry_of END
    RETURNING id
)
SELECT o.active, (SELECT id FROM queued) AS pull_id FROM original o
