-- orgId, id, deleted · how many tombstones a task has made, in the transaction that made them
UPDATE pull_task SET deleted = deleted + :deleted WHERE org_id = :orgId AND id = :id
