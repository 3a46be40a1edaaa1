-- task · the first statement of a page's transaction: whoever ends the connection waits for the page, or the page finds no
-- row here. Nobody else waits: not a refresh of its tokens, not another page
SELECT c.id
  FROM pull_task t
  JOIN pull p ON p.org_id = t.org_id AND p.id = t.pull_id
  JOIN connection c ON c.org_id = p.org_id AND c.id = p.connection_id AND c.status <> 'disconnected'
 WHERE t.org_id = :orgId AND t.id = :id AND t.epoch = :epoch AND t.status = 'running'
   FOR KEY SHARE OF c
