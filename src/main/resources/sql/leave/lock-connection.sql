-- orgId, connectionId · whoever asks for a pull of it, or connects it again, waits from now on
SELECT id FROM connection WHERE org_id = :orgId AND id = :connectionId FOR UPDATE
