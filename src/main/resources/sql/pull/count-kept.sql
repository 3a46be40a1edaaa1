-- orgId, pullId · nominees that were kept although they were not found to be there, by type
SELECT n.type, count(*) AS n
  FROM pull_nominee n
 WHERE n.org_id = :orgId AND n.pull_id = :pullId AND NOT n.control
   AND (n.status = 'unknown'
        OR n.status = 'gone' AND EXISTS (SELECT 1 FROM pull_nominee c
                                          WHERE c.org_id = n.org_id AND c.pull_id = n.pull_id AND c.type = n.type
                                            AND c.control AND c.status <> 'there'))
 GROUP BY n.type
 ORDER BY n.type
