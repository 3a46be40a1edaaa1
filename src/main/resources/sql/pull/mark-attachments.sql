-- orgId, connectionId, path, status, limits · what came of a Binary, for each record that names it
UPDATE attachment
   SET status = :status, left_out_by = :limits
 WHERE org_id = :orgId AND connection_id = :connectionId AND path = :path
