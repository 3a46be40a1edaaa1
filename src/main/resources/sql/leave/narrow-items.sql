-- orgId · key ranges whose bounds were records that are gone for good end at the next one that is there, or cover nothing; how
-- far an item for a FHIR server had come is forgotten with its record
UPDATE export_item g
   SET from_source = coalesce(f.source_id, ''), from_id = coalesce(f.id, ''),
       to_source = coalesce(t.source_id, ''), to_id = coalesce(t.id, ''),
       done_source = CASE WHEN d.id IS NULL THEN '' ELSE o.done_source END, done_id = coalesce(d.id, '')
  FROM export_item o
  LEFT JOIN LATERAL (
       SELECT r.source_id, r.id FROM resource_record r
        WHERE r.org_id = o.org_id AND r.type = o.resource_type
          AND (r.source_id, r.id) >= (o.from_source, o.from_id) AND (r.source_id, r.id) <= (o.to_source, o.to_id)
        ORDER BY r.source_id, r.id LIMIT 1) f ON true
  LEFT JOIN LATERAL (
       SELECT r.source_id, r.id FROM resource_record r
        WHERE r.org_id = o.org_id AND r.type = o.resource_type
          AND (r.source_id, r.id) >= (o.from_source, o.from_id) AND (r.source_id, r.id) <= (o.to_source, o.to_id)
        ORDER BY r.source_id DESC, r.id DESC LIMIT 1) t ON true
  LEFT JOIN resource_record d ON d.org_id = o.org_id AND d.type = o.resource_type AND d.source_id = o.done_source AND d.id = o.done_id
 WHERE o.org_id = :orgId AND o.resource_type IS NOT NULL AND o.from_id <> ''
   AND g.org_id = o.org_id AND g.id = o.id
   AND ((f.source_id, f.id) IS DISTINCT FROM (o.from_source, o.from_id)
        OR (t.source_id, t.id) IS DISTINCT FROM (o.to_source, o.to_id)
        OR (o.done_id <> '' AND d.id IS NULL))
