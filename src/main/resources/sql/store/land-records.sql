-- orgId, sourceId, connectionId, pullId, arrays of one page, and the one content too large for an array · records that are
-- new or differ are written and stamped with this transaction; unchanged and older ones write nothing. What nobody saw any
-- more is a change when it is seen again
WITH page AS (
    SELECT p.type, p.id, p.original_id, p.patient_id,
           convert_from(coalesce(p.content, CAST(:large AS bytea)), 'UTF8') AS content, p.hash, p.bytes, p.last_updated
      FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:originals AS text[]), CAST(:patients AS text[]),
                  CAST(:contents AS bytea[]), CAST(:hashes AS bytea[]), CAST(:sizes AS int[]), CAST(:updated AS timestamptz[]))
               AS p (type, id, original_id, patient_id, content, hash, bytes, last_updated)
), written AS (
    INSERT INTO resource_record AS r (org_id, type, source_id, id, original_id, patient_id, content, content_hash, bytes,
                                      last_updated)
    SELECT :orgId, p.type, :sourceId, p.id, p.original_id, p.patient_id, p.content, p.hash, p.bytes, p.last_updated
      FROM page p
     ORDER BY p.type COLLATE "C", p.id COLLATE "C"
    ON CONFLICT (org_id, type, source_id, id) DO UPDATE
       SET original_id = excluded.original_id, patient_id = coalesce(excluded.patient_id, r.patient_id),
           content = excluded.content, content_hash = excluded.content_hash, bytes = excluded.bytes,
           last_updated = coalesce(excluded.last_updated, r.last_updated),
           changed_xid = pg_current_xact_id(), changed_at = now(), deleted = false, withheld_xid = NULL, erased_by = NULL
     WHERE r.deleted
        OR ((r.content_hash IS DISTINCT FROM excluded.content_hash OR r.withheld_xid IS NOT NULL)
            AND (r.last_updated IS NULL OR excluded.last_updated IS NULL OR r.last_updated <= excluded.last_updated))
    RETURNING (xmax = 0) AS inserted
), sighted AS (
    INSERT INTO record_sighting (org_id, type, source_id, id, connection_id, first_pull_id)
    SELECT :orgId, p.type, :sourceId, p.id, :connectionId, :pullId
      FROM page p
     ORDER BY p.type, p.id
    ON CONFLICT DO NOTHING
)
SELECT count(*) FILTER (WHERE inserted) AS created, count(*) FILTER (WHERE NOT inserted) AS changed FROM written
