-- org, id · the one refresher of a connection over all nodes holds this until the new tokens are committed
SELECT id FROM connection WHERE org_id = :org AND id = :id FOR NO KEY UPDATE
