-- ids, epochs · as items are given back: planning or settling is due at once, and this was no try of it
UPDATE pull w
   SET lease_until = NULL, attempts = greatest(0, w.attempts - 1)
  FROM unnest(CAST(:ids AS text[]), CAST(:epochs AS int[])) AS held (id, epoch)
 WHERE w.id = held.id AND w.epoch = held.epoch AND w.status = 'running' AND w.lease_until IS NOT NULL
