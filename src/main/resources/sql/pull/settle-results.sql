-- orgId, pullId · results that need not be read: a walk of this pull has shown them; or none walks all of their type, and
-- they are in the store
UPDATE pull_reference r
   SET status = 'there'
 WHERE r.org_id = :orgId AND r.pull_id = :pullId AND r.status = 'pending' AND r.result
   AND ((r.type, r.record_id) IN (
            SELECT s.type, shown.id
              FROM pull_seen s
             CROSS JOIN unnest(s.ids) AS shown (id)
             WHERE s.org_id = :orgId AND s.pull_id = :pullId)
        OR (NOT EXISTS (SELECT 1 FROM pull_task t
                         WHERE t.org_id = r.org_id AND t.pull_id = r.pull_id AND t.resource_type = r.type AND t.full_walk)
            AND EXISTS (SELECT 1
                          FROM pull p
                          JOIN record_sighting s ON s.org_id = p.org_id AND s.type = r.type AND s.source_id = p.source_id
                                                AND s.id = r.record_id AND s.connection_id = p.connection_id
                         WHERE p.org_id = r.org_id AND p.id = r.pull_id)))
