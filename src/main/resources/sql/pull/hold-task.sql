-- task · the first statement of a page's transaction: who takes the task away for good (a disconnect, an erasure) waits for
-- the page, or the page finds no row here. Heartbeats pass
SELECT id FROM pull_task
 WHERE org_id = :orgId AND id = :id AND epoch = :epoch AND status = 'running'
   FOR KEY SHARE
