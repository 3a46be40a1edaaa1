-- orgId, connectionId · its pulls end here, wherever they are under way
UPDATE pull
   SET status = 'cancelled', completed_at = clock_timestamp(), epoch = epoch + 1, lease_until = NULL,
       settled_xid = pg_current_xact_id()
 WHERE org_id = :orgId AND connection_id = :connectionId AND status IN ('queued', 'running')
