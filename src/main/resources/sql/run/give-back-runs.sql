-- ids, epochs · as items are given back: planning or settling is due at once; where it has failed, it waits for its lease to
-- run out
UPDATE export_run w
   SET lease_until = NULL
  FROM unnest(CAST(:ids AS text[]), CAST(:epochs AS int[])) AS held (id, epoch)
 WHERE w.id = held.id AND w.epoch = held.epoch AND w.status = 'running' AND w.error_code IS NULL
