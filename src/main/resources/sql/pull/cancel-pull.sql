-- body: PullCancel · no row where the pull has ended
WITH cancelled AS (
    UPDATE pull SET status = 'cancelled', completed_at = clock_timestamp(), epoch = epoch + 1, lease_until = NULL,
                    settled_xid = pg_current_xact_id()
     WHERE org_id = :orgId AND id = :id AND status IN ('queued', 'running')
    RETURNING org_id, id
), stopped AS (
    UPDATE pull_task t SET status = 'failed', error_code = 'cancelled', error_message = 'The pull was cancelled.',
                           epoch = epoch + 1, lease_until = NULL
      FROM cancelled c
     WHERE t.org_id = c.org_id AND t.pull_id = c.id AND t.status IN ('pending', 'running')
), afresh AS ( -- what was referred to and not read is not named again by what changes: the next pull walks everything
    DELETE FROM query_cursor q
     USING cancelled c, pull p
     WHERE p.org_id = c.org_id AND p.id = c.id AND q.org_id = p.org_id AND q.connection_id = p.connection_id
       AND EXISTS (SELECT 1 FROM pull_reference r
                    WHERE r.org_id = c.org_id AND r.pull_id = c.id AND r.status IN ('pending', 'failed'))
), unseen AS (
    DELETE FROM pull_seen d USING cancelled c WHERE d.org_id = c.org_id AND d.pull_id = c.id
), unnamed AS (
    DELETE FROM pull_nominee d USING cancelled c WHERE d.org_id = c.org_id AND d.pull_id = c.id
), unreferred AS (
    DELETE FROM pull_reference d USING cancelled c
     WHERE d.org_id = c.org_id AND d.pull_id = c.id AND d.status NOT IN ('pending', 'failed') -- the next pull reads those
), forgotten AS (
    DELETE FROM task_page g
     USING cancelled c, pull_task t
     WHERE t.org_id = c.org_id AND t.pull_id = c.id AND g.org_id = t.org_id AND g.task_id = t.id
)
SELECT id FROM cancelled
