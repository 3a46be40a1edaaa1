-- body: Receipt · once per (item, epoch); the entries of an archive with it
WITH entries AS (
    UPDATE export_entry e
       SET name = n.name, delivered = n.delivered, superseded = n.superseded
      FROM export_item i,
           unnest(CAST(:#${body.entryOrdinals} AS int[]), CAST(:#${body.entryNames} AS text[]),
                  CAST(:#${body.entryDelivered} AS int[]), CAST(:#${body.entrySuperseded} AS int[]))
               AS n (ordinal, name, delivered, superseded)
     WHERE i.org_id = :#${body.orgId} AND i.id = :#${body.id} AND i.epoch = :#${body.epoch} AND i.status = 'running'
       AND e.org_id = i.org_id AND e.item_id = i.id AND e.ordinal = n.ordinal
)
UPDATE export_item
   SET status = 'delivered', object_key = :#${body.objectKey}, bytes = :#${body.bytes}, sha256 = :#${body.sha256},
       etag = :#${body.etag}, delivered = :#${body.delivered}, superseded = :#${body.superseded},
       delivered_at = clock_timestamp(), lease_until = NULL, error_code = NULL, error_message = NULL
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
