-- body: Receipt · once per (item, epoch); the entries of an archive with it. The destination answers, and has earned one item
-- more at a time; after a failure, or where nothing was delivered for a while, it starts anew
WITH place AS ( -- first, as everything that changes a destination locks it before its runs and their items
    SELECT d.org_id, d.id
      FROM export_item i
      JOIN destination d ON d.org_id = i.org_id AND d.id = i.destination_id
     WHERE i.org_id = :#${body.orgId} AND i.id = :#${body.id} AND i.epoch = :#${body.epoch} AND i.status = 'running'
       FOR NO KEY UPDATE OF d
), delivered AS (
    UPDATE export_item i
       SET status = 'delivered', object_key = :#${body.objectKey}, bytes = :#${body.bytes}, sha256 = :#${body.sha256},
           etag = :#${body.etag}, delivered = :#${body.delivered}, superseded = :#${body.superseded},
           delivered_at = clock_timestamp(), lease_until = NULL, error_code = NULL, error_message = NULL
      FROM place p
     WHERE i.org_id = p.org_id AND i.destination_id = p.id
       AND i.org_id = :#${body.orgId} AND i.id = :#${body.id} AND i.epoch = :#${body.epoch} AND i.status = 'running'
    RETURNING i.org_id, i.id, i.destination_id
), entries AS (
    UPDATE export_entry e
       SET name = n.name, delivered = n.delivered, superseded = n.superseded
      FROM delivered i,
           unnest(CAST(:#${body.entryOrdinals} AS int[]), CAST(:#${body.entryNames} AS text[]),
                  CAST(:#${body.entryDelivered} AS int[]), CAST(:#${body.entrySuperseded} AS int[]))
               AS n (ordinal, name, delivered, superseded)
     WHERE e.org_id = i.org_id AND e.item_id = i.id AND e.ordinal = n.ordinal
)
UPDATE destination d
   SET answered_at = clock_timestamp(), failing_since = NULL,
       pace = CASE WHEN d.failing_since IS NULL
                        AND d.answered_at >= clock_timestamp() - CAST(:#${properties:caravan.export.silence} AS interval)
                   THEN least(d.pace, 1000) + 1 ELSE 2 END
  FROM delivered i
 WHERE d.org_id = i.org_id AND d.id = i.destination_id
