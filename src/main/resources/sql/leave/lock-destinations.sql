-- orgId · no run of them takes a window, or ends, until this transaction does
SELECT count(*)
  FROM (SELECT 1 FROM destination WHERE org_id = :orgId ORDER BY id FOR NO KEY UPDATE) held
