-- orgId, connectionId · the records that it sees, in the order in which pages lock them: pages of other connections that
-- land at this moment are waited for, and the next statement sees whom they made see a record
SELECT count(*)
  FROM (SELECT 1
          FROM record_sighting s
          JOIN resource_record r ON r.org_id = s.org_id AND r.type = s.type AND r.source_id = s.source_id AND r.id = s.id
         WHERE s.org_id = :orgId AND s.connection_id = :connectionId
         ORDER BY r.type, r.source_id, r.id
           FOR NO KEY UPDATE OF r) held
