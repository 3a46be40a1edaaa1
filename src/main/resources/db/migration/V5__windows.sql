-- What a destination has not seen. A window covers the changes that are not visible in window_from and visible in
-- window_to (quality.md § 2, "The watermark"); here window_to is everything committed.
-- A change that a run under way covers counts as seen: if that run fails, the destination is behind again.
CREATE VIEW destination_behind AS
SELECT d.org_id, d.id
  FROM destination d
  LEFT JOIN export_run a ON a.org_id = d.org_id AND a.destination_id = d.id
                        AND a.status = 'running' AND a.mode <> 'items'
 CROSS JOIN LATERAL (SELECT coalesce(a.window_to, d.watermark) AS seen) w
 WHERE d.enabled
   AND EXISTS (SELECT 1 FROM resource_record r
                WHERE r.org_id = d.org_id AND r.changed_xid >= pg_snapshot_xmin(w.seen)
                  AND NOT pg_visible_in_snapshot(r.changed_xid, w.seen) AND NOT r.deleted);
