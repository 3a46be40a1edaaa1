-- run, types, sources, ids · those of a run's waiting records that refer to each other in a circle and go together: as
-- read-waiting reads, whatever their size
SELECT l.item_id, l.rank, l.type, l.source_id, l.id, r.content, coalesce(r.bytes, 0) AS bytes,
       pg_visible_in_snapshot(r.changed_xid, CAST(:windowTo AS pg_snapshot)) IS NOT TRUE AS superseded
  FROM unnest(CAST(:types AS text[]), CAST(:sources AS text[]), CAST(:ids AS text[])) AS k (type, source_id, id)
  JOIN export_leftover l ON l.org_id = :orgId AND l.run_id = :runId AND l.state = 'waiting'
                        AND l.type = k.type AND l.source_id = k.source_id AND l.id = k.id
  LEFT JOIN resource_record r ON r.org_id = l.org_id AND r.type = l.type AND r.source_id = l.source_id AND r.id = l.id
 ORDER BY l.rank, l.type, l.source_id, l.id
