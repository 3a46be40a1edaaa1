-- orgId, connectionId · nothing more is asked for, and nothing more lands
WITH stopped AS (
    UPDATE pull_task t
       SET status = 'failed', error_code = 'cancelled', error_message = 'The connection was disconnected.',
           epoch = t.epoch + 1, lease_until = NULL
      FROM pull p
     WHERE p.org_id = :orgId AND p.connection_id = :connectionId
       AND t.org_id = p.org_id AND t.pull_id = p.id AND t.status IN ('pending', 'running')
    RETURNING t.org_id, t.id
)
DELETE FROM task_page g
 USING stopped s
 WHERE g.org_id = s.org_id AND g.task_id = s.id
