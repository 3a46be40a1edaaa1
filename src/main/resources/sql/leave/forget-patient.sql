-- orgId, connectionId, sourceId, patientId · tombstones from before are the erasure's now; what another connection sees
-- says no longer whose it was
UPDATE resource_record r
   SET patient_id = NULL,
       original_id = CASE WHEN r.deleted THEN NULL ELSE r.original_id END,
       last_updated = CASE WHEN r.deleted THEN NULL ELSE r.last_updated END,
       erased_by = CASE WHEN r.deleted THEN :connectionId END
 WHERE r.org_id = :orgId AND r.source_id = :sourceId AND r.erased_by IS NULL
   AND (r.patient_id = :patientId
        OR (r.deleted AND EXISTS (SELECT 1 FROM record_sighting s
                                   WHERE s.org_id = r.org_id AND s.type = r.type AND s.source_id = r.source_id
                                     AND s.id = r.id AND s.connection_id = :connectionId)))
