-- item · what an item that has been sent to its end comes to: what is not accounted for must have a newer version, so that
-- changed_since is the most that can be missing
SELECT i.selected, i.delivered, i.superseded, i.rejected, i.bytes,
       (SELECT count(*) FROM export_leftover l
         WHERE l.org_id = i.org_id AND l.item_id = i.id AND l.state = 'waiting') AS waiting,
       (SELECT count(*) FROM resource_record c
         WHERE c.org_id = i.org_id AND c.type = i.resource_type
           AND (c.source_id, c.id) >= (i.from_source, i.from_id) AND (c.source_id, c.id) <= (i.to_source, i.to_id)
           AND NOT pg_visible_in_snapshot(c.changed_xid, r.window_to)) AS changed_since
  FROM export_item i
  JOIN export_run r ON r.org_id = i.org_id AND r.id = i.run_id
 WHERE i.org_id = :orgId AND i.id = :itemId
