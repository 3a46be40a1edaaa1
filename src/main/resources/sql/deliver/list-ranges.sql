-- orgId, itemId · what an archive holds, in its order
SELECT ordinal, resource_type, part, from_source, from_id, to_source, to_id, largest, selected
  FROM export_entry
 WHERE org_id = :orgId AND item_id = :itemId
 ORDER BY ordinal
