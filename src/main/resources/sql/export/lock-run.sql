-- orgId, id · two who retry a run at once come one after the other: the second sees what the first has done
SELECT id FROM export_run WHERE org_id = :orgId AND id = :id FOR UPDATE
