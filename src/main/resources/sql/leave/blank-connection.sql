-- orgId, connectionId · whose it was is forgotten: the same patient connects anew
UPDATE connection SET patient_id = NULL, erased_at = now(), updated_at = now()
 WHERE org_id = :orgId AND id = :connectionId
