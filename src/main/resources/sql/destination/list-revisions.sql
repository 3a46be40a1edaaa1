-- orgs, ids · of the destinations whose clients this node holds: which are still there, and at which revision
SELECT d.org_id, d.id, d.revision
  FROM unnest(CAST(:orgs AS text[]), CAST(:ids AS text[])) AS held (org_id, id)
  JOIN destination d ON d.org_id = held.org_id AND d.id = held.id
