-- ids, epochs, lease · the heartbeat: extends what the node holds and still is its own
UPDATE export_item w
   SET lease_until = clock_timestamp() + CAST(:lease AS interval)
  FROM unnest(CAST(:ids AS text[]), CAST(:epochs AS int[])) AS held (id, epoch)
 WHERE w.id = held.id AND w.epoch = held.epoch AND w.status = 'running' AND w.lease_until > clock_timestamp()
RETURNING w.id, w.epoch
