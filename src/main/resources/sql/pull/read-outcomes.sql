-- orgId, pullId · what became of a pull's queries, for one that repeats it
SELECT query_key AS key, resource_type AS type, status FROM pull_task
 WHERE org_id = :orgId AND pull_id = :pullId AND kind = 'search'
