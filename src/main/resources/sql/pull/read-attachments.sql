-- orgId, sourceId, connectionId, path · how the records that name a Binary describe it, and whether they are a patient's
SELECT a.binary_id, a.content_type, a.size, r.patient_id IS NOT NULL AS of_patient
  FROM attachment a
  JOIN resource_record r ON r.org_id = a.org_id AND r.type = a.holder_type AND r.source_id = :sourceId AND r.id = a.holder_id
 WHERE a.org_id = :orgId AND a.connection_id = :connectionId AND a.path = :path
 ORDER BY a.holder_type, a.holder_id
