-- orgId · key ranges whose bounds were records that are gone for good end at the next one that is there, or cover nothing
UPDATE export_entry g
   SET from_source = coalesce(f.source_id, ''), from_id = coalesce(f.id, ''),
       to_source = coalesce(t.source_id, ''), to_id = coalesce(t.id, '')
  FROM export_entry o
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
 WHERE o.org_id = :orgId AND o.resource_type IS NOT NULL AND o.from_id <> ''
   AND g.org_id = o.org_id AND g.item_id = o.item_id AND g.ordinal = o.ordinal
   AND ((f.source_id, f.id) IS DISTINCT FROM (o.from_source, o.from_id)
        OR (t.source_id, t.id) IS DISTINCT FROM (o.to_source, o.to_id))
