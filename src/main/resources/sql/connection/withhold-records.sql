-- orgId, connectionId · what no other connection sees is left out of backfills whose window sees this transaction; it has
-- not changed. Records that were withheld before keep their time: windows between have been planned by it
UPDATE resource_record r
   SET withheld_xid = pg_current_xact_id()
  FROM record_sighting s
 WHERE s.org_id = :orgId AND s.connection_id = :connectionId
   AND r.org_id = s.org_id AND r.type = s.type AND r.source_id = s.source_id AND r.id = s.id
   AND r.withheld_xid IS NULL AND NOT r.deleted
   AND NOT EXISTS (SELECT 1
                     FROM record_sighting o
                     JOIN connection c ON c.org_id = o.org_id AND c.id = o.connection_id AND c.status <> 'disconnected'
                    WHERE o.org_id = r.org_id AND o.type = r.type AND o.source_id = r.source_id AND o.id = r.id
                      AND o.connection_id <> s.connection_id)
