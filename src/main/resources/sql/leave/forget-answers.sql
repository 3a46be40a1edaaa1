-- orgId, connectionId · what POSTs about it were answered, and would be answered again
DELETE FROM kept_answer
 WHERE org_id = :orgId AND status IS NOT NULL
   AND (path LIKE '%/connections/' || :connectionId || '/%' OR location LIKE '%/connections/' || :connectionId)
