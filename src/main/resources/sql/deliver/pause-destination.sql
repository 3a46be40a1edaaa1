-- item, epoch, millis · a server asked whoever holds the item to leave it alone for so long: that holds for all who send
UPDATE destination d
   SET paused_until = greatest(d.paused_until, clock_timestamp() + CAST(:millis * INTERVAL '1 millisecond' AS interval))
  FROM export_item i
 WHERE i.org_id = :orgId AND i.id = :itemId AND i.epoch = :epoch AND i.status = 'running'
   AND d.org_id = i.org_id AND d.id = i.destination_id
