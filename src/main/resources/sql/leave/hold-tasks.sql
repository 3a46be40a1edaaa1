-- orgId, connectionId · waits for its pages that are landing at this moment; later ones find their task taken
SELECT count(*)
  FROM (SELECT 1
          FROM pull_task t
          JOIN pull p ON p.org_id = t.org_id AND p.id = t.pull_id
         WHERE p.org_id = :orgId AND p.connection_id = :connectionId AND t.status IN ('pending', 'running')
         ORDER BY t.phase, t.id
           FOR UPDATE OF t) held
