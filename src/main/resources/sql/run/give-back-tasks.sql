-- ids, epochs · what was ended by the database's absence: it is due at once, and this was no try of it. Nothing happens where
-- something else was said of it, or where another node has it
UPDATE pull_task w
   SET status = 'pending', lease_until = NULL, attempts = greatest(0, w.attempts - 1)
  FROM unnest(CAST(:ids AS text[]), CAST(:epochs AS int[])) AS held (id, epoch)
 WHERE w.id = held.id AND w.epoch = held.epoch AND w.status = 'running'
