-- item · what of the run still waits for something that it refers to, after all repeats, is rejected. One row, or none where
-- the item is another's
WITH held AS (
    SELECT i.org_id, i.run_id
      FROM export_item i
     WHERE i.org_id = :orgId AND i.id = :itemId AND i.epoch = :epoch AND i.status = 'running'
       FOR NO KEY UPDATE
), ended AS (
    UPDATE export_leftover l
       SET state = 'rejected'
      FROM held
     WHERE l.org_id = held.org_id AND l.run_id = held.run_id AND l.state = 'waiting'
    RETURNING l.org_id, l.item_id
), counted AS (
    UPDATE export_item i
       SET rejected = i.rejected + n.ended
      FROM (SELECT org_id, item_id, CAST(count(*) AS int) AS ended FROM ended GROUP BY org_id, item_id) n
     WHERE i.org_id = n.org_id AND i.id = n.item_id
)
SELECT count(*) FROM held
