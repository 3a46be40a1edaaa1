-- org, type, from, from, to, to, window · how many of an item's keys have a version that its window does not see
SELECT count(*)
  FROM resource_record
 WHERE org_id = ? AND type = ? AND (source_id, id) >= (?, ?) AND (source_id, id) <= (?, ?)
   AND NOT pg_visible_in_snapshot(changed_xid, CAST(? AS pg_snapshot))
