-- item, retryFor · what of an item was refused for now, again and again and for too long, is rejected; how many are still to
-- be repeated
WITH late AS (
    SELECT l.org_id, l.item_id, l.source_id, l.id
      FROM export_item i
      JOIN export_leftover l ON l.org_id = i.org_id AND l.item_id = i.id AND l.state = 'again'
     WHERE i.org_id = :orgId AND i.id = :itemId AND i.epoch = :epoch AND i.status = 'running'
       AND l.first_at + CAST(:retryFor AS interval) <= clock_timestamp()
), ended AS (
    UPDATE export_leftover l
       SET state = 'rejected'
      FROM late
     WHERE l.org_id = late.org_id AND l.item_id = late.item_id AND l.source_id = late.source_id AND l.id = late.id
), counted AS (
    UPDATE export_item i
       SET rejected = i.rejected + n.ended
      FROM (SELECT CAST(count(*) AS int) AS ended FROM late) n
     WHERE n.ended > 0 AND i.org_id = :orgId AND i.id = :itemId
)
SELECT (SELECT count(*) FROM export_leftover l
         WHERE l.org_id = :orgId AND l.item_id = :itemId AND l.state = 'again') - (SELECT count(*) FROM late)
