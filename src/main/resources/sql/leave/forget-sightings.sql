-- orgId, connectionId · it has seen nothing
DELETE FROM record_sighting WHERE org_id = :orgId AND connection_id = :connectionId
