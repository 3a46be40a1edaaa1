-- What leaves: deletions are delivered, and what nobody connected sees any more is left out of new backfills.

-- A backfill selects everything: the first run of a destination, and one of mode 'full'. Both facts are those of the
-- moment the window was taken, and the same for retries of the run's items.
ALTER TABLE export_run
    ADD COLUMN backfill       boolean NOT NULL DEFAULT false, -- leaves out what is withheld in its window
    ADD COLUMN first_backfill boolean NOT NULL DEFAULT false; -- the destination has nothing yet: no deletion is sent

-- Since when only disconnected connections see a record; null while another one does. changed_xid stays, so that a
-- window that began earlier selects the record all the same.
ALTER TABLE resource_record ADD COLUMN withheld_xid xid8;

-- A file of deletions covers the tombstones of one type between two keys, beside the run's files or archives.
ALTER TABLE export_item DROP CONSTRAINT export_item_kind_check;
ALTER TABLE export_item ADD CHECK (kind IN ('file', 'archive', 'deleted', 'manifest'));

-- Every key range of a run, whether it is a file of its own or an entry of an archive; deleted: of tombstones.
CREATE OR REPLACE VIEW export_range AS
SELECT i.org_id, i.run_id, i.id AS item_id, i.status, i.bytes, i.resource_type, i.part, i.from_source, i.from_id,
       i.to_source, i.to_id, i.selected, i.delivered, i.superseded, i.kind = 'deleted' AS deleted, 0 AS ordinal,
       i.largest, i.resolved_by
  FROM export_item i
 WHERE i.kind NOT IN ('archive', 'manifest')
UNION ALL
SELECT i.org_id, i.run_id, i.id, i.status, 0, e.resource_type, e.part, e.from_source, e.from_id, e.to_source, e.to_id,
       e.selected, e.delivered, e.superseded, false, e.ordinal, e.largest, i.resolved_by
  FROM export_item i
  JOIN export_entry e ON e.org_id = i.org_id AND e.item_id = i.id
 WHERE i.kind = 'archive';

-- What a destination has not seen. A window covers the changes that are not visible in window_from and visible in
-- window_to (quality.md § 2, "The watermark"); here window_to is everything committed. Deletions are changes, except for
-- a destination that has nothing yet.
-- A change that a run under way covers counts as seen: if that run fails, the destination is behind again.
CREATE OR REPLACE VIEW destination_behind AS
SELECT d.org_id, d.id
  FROM destination d
  LEFT JOIN export_run a ON a.org_id = d.org_id AND a.destination_id = d.id
                        AND a.status = 'running' AND a.mode <> 'items'
 CROSS JOIN LATERAL (SELECT coalesce(a.window_to, d.watermark) AS seen) w
 WHERE d.enabled
   AND EXISTS (SELECT 1 FROM resource_record r
                WHERE r.org_id = d.org_id AND r.changed_xid >= pg_snapshot_xmin(w.seen)
                  AND NOT pg_visible_in_snapshot(r.changed_xid, w.seen)
                  AND (CAST(w.seen AS text) <> '3:3:' OR NOT r.deleted AND r.withheld_xid IS NULL));
