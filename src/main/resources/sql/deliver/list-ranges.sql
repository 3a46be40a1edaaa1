-- orgId, itemId · what an item holds, and how it is read: the one range of a file, those of an archive in its order
SELECT g.ordinal, g.resource_type, g.part, g.from_source, g.from_id, g.to_source, g.to_id, g.largest, g.selected, g.deleted,
       r.backfill
  FROM export_range g
  JOIN export_run r ON r.org_id = g.org_id AND r.id = g.run_id
 WHERE g.org_id = :orgId AND g.item_id = :itemId
 ORDER BY g.ordinal
