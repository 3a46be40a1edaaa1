-- body: Receipt · once per (item, epoch)
UPDATE export_item
   SET status = 'delivered', object_key = :#${body.objectKey}, bytes = :#${body.bytes}, sha256 = :#${body.sha256},
       etag = :#${body.etag}, delivered = :#${body.delivered}, superseded = :#${body.superseded},
       delivered_at = clock_timestamp(), lease_until = NULL, error_code = NULL, error_message = NULL
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
