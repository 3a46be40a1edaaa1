-- orgId, sourceId, connectionId · what no present version of a record names any more
DELETE FROM attachment a
 WHERE a.org_id = :orgId AND a.connection_id = :connectionId
   AND NOT EXISTS (SELECT 1 FROM resource_record r
                    WHERE r.org_id = a.org_id AND r.type = a.holder_type AND r.source_id = :sourceId AND r.id = a.holder_id
                      AND r.content_hash = a.holder_hash AND NOT r.deleted)
