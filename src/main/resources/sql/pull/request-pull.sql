-- body: PullRequest · queues a pull, or finds the one that is queued already, which then asks for no less than this one would;
-- no row where the connection cannot be pulled, be it because it is disconnected at this moment
WITH allowed AS (
    SELECT c.org_id, c.id, c.source_id FROM connection c
     WHERE c.org_id = :orgId AND c.id = :connectionId AND c.status = 'active'
       FOR KEY SHARE
), queued AS (
    INSERT INTO pull (org_id, id, connection_id, source_id, trigger, full_walk)
    SELECT a.org_id, new_id('pull'), a.id, a.source_id, :trigger, :fullWalk FROM allowed a
    ON CONFLICT (org_id, connection_id) WHERE status = 'queued'
    DO UPDATE SET due_at = now(), full_walk = pull.full_walk OR excluded.full_walk, retry_of = NULL
    RETURNING id
)
SELECT id FROM queued
