-- org, type, from, from, to, to, window, window, window, window, backfill, window · the records of a range, as its window
-- saw them; in a backfill without those that were withheld then
SELECT content
  FROM resource_record
 WHERE org_id = ? AND type = ? AND (source_id, id) >= (?, ?) AND (source_id, id) <= (?, ?)
   AND changed_xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot)) AND changed_xid < pg_snapshot_xmax(CAST(? AS pg_snapshot))
   AND NOT pg_visible_in_snapshot(changed_xid, CAST(? AS pg_snapshot))
   AND pg_visible_in_snapshot(changed_xid, CAST(? AS pg_snapshot))
   AND NOT deleted
   AND (NOT CAST(? AS boolean) OR pg_visible_in_snapshot(withheld_xid, CAST(? AS pg_snapshot)) IS NOT TRUE)
 ORDER BY source_id, id
