-- orgId, connectionId · pages that land at this moment are waited for; later ones, and whoever asks for a pull or connects
-- it again, wait from now on
SELECT id FROM connection WHERE org_id = :orgId AND id = :connectionId FOR UPDATE
