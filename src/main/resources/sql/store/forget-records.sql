-- orgId, sourceId, connectionId, and arrays of types, ids · the connection sees these no longer. What no other one sees
-- becomes a tombstone, which is a change; what only disconnected ones see is left out of backfills from now on
WITH gone AS (
    DELETE FROM record_sighting s
     USING unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS g (type, id)
     WHERE s.org_id = :orgId AND s.type = g.type AND s.source_id = :sourceId AND s.id = g.id
       AND s.connection_id = :connectionId
    RETURNING s.type, s.source_id, s.id
), others AS (
    SELECT g.type, g.source_id, g.id, count(o.connection_id) AS sightings, count(c.id) AS connected
      FROM gone g
      LEFT JOIN record_sighting o ON o.org_id = :orgId AND o.type = g.type AND o.source_id = g.source_id AND o.id = g.id
                                 AND o.connection_id <> :connectionId
      LEFT JOIN connection c ON c.org_id = o.org_id AND c.id = o.connection_id AND c.status <> 'disconnected'
     GROUP BY g.type, g.source_id, g.id
), withheld AS (
    UPDATE resource_record r
       SET withheld_xid = pg_current_xact_id()
      FROM others o
     WHERE o.sightings > 0 AND o.connected = 0 AND r.org_id = :orgId AND r.type = o.type AND r.source_id = o.source_id
       AND r.id = o.id AND NOT r.deleted AND r.withheld_xid IS NULL
), buried AS (
    UPDATE resource_record r
       SET deleted = true, content = '', content_hash = '', bytes = 0,
           changed_xid = pg_current_xact_id(), changed_at = now()
      FROM others o
     WHERE o.sightings = 0 AND r.org_id = :orgId AND r.type = o.type AND r.source_id = o.source_id AND r.id = o.id
       AND NOT r.deleted
    RETURNING 1
)
SELECT count(*) FROM buried
