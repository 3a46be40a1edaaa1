-- orgId, pullId · what became of the references of a pull; those that are still pending lie too deep
SELECT status, count(*) AS n FROM pull_reference WHERE org_id = :orgId AND pull_id = :pullId GROUP BY status
