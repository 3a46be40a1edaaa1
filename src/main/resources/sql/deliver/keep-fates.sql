-- item, done, progress, bytes, and arrays of fates · after a bundle, in one statement: how far the item has come, and what
-- became of each entry. What is there, or was superseded, is no leftover (any more); the first that waits for something that
-- it refers to makes the run's item that repeats such ones. One row, or none where the item is another's
WITH held AS (
    SELECT i.org_id, i.run_id, i.destination_id, i.id, i.epoch
      FROM export_item i
     WHERE i.org_id = :orgId AND i.id = :itemId AND i.epoch = :epoch AND i.status = 'running'
       FOR NO KEY UPDATE
), fate AS (
    SELECT f.*
      FROM held, unnest(CAST(:itemIds AS text[]), CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:states AS text[]),
                        CAST(:statuses AS int[]), CAST(:words AS text[]), CAST(:outcomes AS text[])) WITH ORDINALITY
               AS f (item_id, source_id, id, state, status, words, outcome, place)
), counted AS (
    SELECT i.item_id, count(*) FILTER (WHERE f.state = 'delivered') AS delivered,
           count(*) FILTER (WHERE f.state = 'superseded') AS superseded,
           count(*) FILTER (WHERE f.state = 'rejected') AS rejected
      FROM (SELECT id AS item_id FROM held UNION SELECT item_id FROM fate) i
      LEFT JOIN fate f ON f.item_id = i.item_id
     GROUP BY i.item_id
), moved AS (
    UPDATE export_item i
       SET delivered = i.delivered + c.delivered, superseded = i.superseded + c.superseded, rejected = i.rejected + c.rejected,
           heard_at = CASE WHEN i.id = held.id THEN clock_timestamp() ELSE i.heard_at END,
           bytes = i.bytes + CASE WHEN i.id = held.id THEN CAST(:bytes AS bigint) ELSE 0 END,
           done_source = CASE WHEN i.id = held.id THEN coalesce(CAST(:doneSource AS text), i.done_source) ELSE i.done_source END,
           done_id = CASE WHEN i.id = held.id THEN coalesce(CAST(:doneId AS text), i.done_id) ELSE i.done_id END,
           attempts = CASE WHEN i.id = held.id AND CAST(:progress AS boolean) THEN 1 ELSE i.attempts END,
           takeovers = CASE WHEN i.id = held.id AND CAST(:progress AS boolean) THEN 0 ELSE i.takeovers END,
           first_tried_at = CASE WHEN i.id = held.id AND CAST(:progress AS boolean) THEN clock_timestamp()
                                 ELSE i.first_tried_at END
      FROM held, counted c
     WHERE i.org_id = held.org_id AND i.id = c.item_id
    RETURNING i.org_id, i.run_id, i.id, i.rank, i.resource_type
), gone AS (
    DELETE FROM export_leftover l
     USING held, fate f
     WHERE f.state IN ('delivered', 'superseded') AND l.org_id = held.org_id AND l.item_id = f.item_id
       AND l.source_id = f.source_id AND l.id = f.id
), kept AS (
    INSERT INTO export_leftover (org_id, run_id, item_id, rank, type, source_id, id, state, status, words, outcome,
                                 epoch)
    SELECT m.org_id, m.run_id, m.id, m.rank, m.resource_type, f.source_id, f.id, f.state, f.status, f.words, f.outcome,
           held.epoch
      FROM held, fate f
      JOIN moved m ON m.id = f.item_id
     WHERE f.state NOT IN ('delivered', 'superseded')
     ORDER BY f.place
    ON CONFLICT (org_id, item_id, source_id, id) DO UPDATE
       SET state = excluded.state, status = excluded.status, words = excluded.words, outcome = excluded.outcome,
           epoch = excluded.epoch, last_at = clock_timestamp()
), repeats AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, rank)
    SELECT held.org_id, new_id('item'), held.run_id, held.destination_id, CAST(:repeatsOrdinal AS int), 'repeats',
           CAST(:repeatsRank AS int)
      FROM held
     WHERE EXISTS (SELECT 1 FROM fate f WHERE f.state = 'waiting')
    ON CONFLICT (org_id, run_id, ordinal) DO NOTHING
)
SELECT count(*) FROM held
