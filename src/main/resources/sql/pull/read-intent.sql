-- orgId, id · whether everything is asked for, and what was found out about the source before
SELECT p.full_walk, s.detected_profile
  FROM pull p
  JOIN source s ON s.org_id = p.org_id AND s.id = p.source_id
 WHERE p.org_id = :orgId AND p.id = :id
