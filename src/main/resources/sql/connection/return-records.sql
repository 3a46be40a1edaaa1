-- orgId, connectionId · what was withheld is seen again: a change, for backfills in between have left it out
UPDATE resource_record r
   SET withheld_xid = NULL, changed_xid = pg_current_xact_id(), changed_at = now()
  FROM record_sighting s
 WHERE s.org_id = :orgId AND s.connection_id = :connectionId
   AND r.org_id = s.org_id AND r.type = s.type AND r.source_id = s.source_id AND r.id = s.id
   AND r.withheld_xid IS NOT NULL AND NOT r.deleted
