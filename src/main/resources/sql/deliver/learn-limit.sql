-- item, epoch, entries, bytes · what a server takes in a bundle, after it refused more to whoever holds the item; null where
-- that is not known
UPDATE destination d
   SET learned_entries = least(d.learned_entries, CAST(:entries AS int)), learned_bytes = least(d.learned_bytes, CAST(:bytes AS bigint))
  FROM export_item i
 WHERE i.org_id = :orgId AND i.id = :itemId AND i.epoch = :epoch AND i.status = 'running'
   AND d.org_id = i.org_id AND d.id = i.destination_id
