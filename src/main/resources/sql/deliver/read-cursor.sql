-- item · how far an item for a FHIR server has come, and how its records are read
SELECT i.done_source, i.done_id, r.backfill
  FROM export_item i
  JOIN export_run r ON r.org_id = i.org_id AND r.id = i.run_id
 WHERE i.org_id = :orgId AND i.id = :itemId
