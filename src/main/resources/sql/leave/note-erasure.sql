-- orgId, connectionId · the receipt of an erasure that begins; no row where there was one before
INSERT INTO erasure (org_id, connection_id) VALUES (:orgId, :connectionId)
ON CONFLICT DO NOTHING
