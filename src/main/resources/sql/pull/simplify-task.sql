-- body: SimplerQuery · the same search without what its source refused, at once; no row where another node has the task
UPDATE pull_task
   SET query = :#${body.query}, full_walk = CAST(:#${body.fullWalk} AS boolean), status = 'pending', next_url = NULL,
       attempts = 0, due_at = clock_timestamp(), lease_until = NULL
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
