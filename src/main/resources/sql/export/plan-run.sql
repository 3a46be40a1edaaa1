-- orgId, id, epoch, itemRecords, itemBytes · cuts the run's window into items in one statement: contiguous key ranges
-- of a type, each up to a target of records and of bytes, then the manifest; no row is listed, none leaves the database
WITH run AS (
    SELECT r.org_id, r.id, r.destination_id, r.window_from, r.window_to
      FROM export_run r
     WHERE r.org_id = :orgId AND r.id = :id AND r.epoch = :epoch AND r.status = 'running' AND r.planned_at IS NULL
       FOR UPDATE
), selected AS (
    SELECT c.type, c.source_id, c.id, c.bytes, c.patient_id
      FROM run, resource_record c
     WHERE c.org_id = :orgId
       AND c.changed_xid >= pg_snapshot_xmin(run.window_from) AND c.changed_xid < pg_snapshot_xmax(run.window_to)
       AND NOT pg_visible_in_snapshot(c.changed_xid, run.window_from)
       AND pg_visible_in_snapshot(c.changed_xid, run.window_to)
       AND NOT c.deleted
), weighed AS ( -- a small record weighs its share of a full file, so that filling a file by weight keeps both targets
    SELECT type, source_id, id, bytes,
           greatest(bytes + 1, CAST(least((:itemBytes + :itemRecords - 1) / :itemRecords, 2147483647) AS int)) AS weight
      FROM selected
), measured AS (
    SELECT type, source_id || '/' || id AS key, bytes, weight, sum(weight) OVER w AS upto
      FROM weighed
    WINDOW w AS (PARTITION BY type ORDER BY source_id, id ROWS UNBOUNDED PRECEDING)
), sliced AS (
    SELECT type, key, bytes, (upto - weight) / :itemBytes AS slice
      FROM measured
), parts AS (
    SELECT type, row_number() OVER (PARTITION BY type ORDER BY slice) AS part,
           min(key) AS first, max(key) AS last, max(bytes) AS largest, count(*) AS records
      FROM sliced
     GROUP BY type, slice
), files AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, resource_type, part,
                             from_source, from_id, to_source, to_id, largest, selected)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, row_number() OVER (ORDER BY p.type, p.part),
           'file', p.type, p.part,
           split_part(p.first, '/', 1), substr(p.first, strpos(p.first, '/') + 1),
           split_part(p.last, '/', 1), substr(p.last, strpos(p.last, '/') + 1), p.largest, p.records
      FROM run, parts p
), manifest AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, p.n + 1, 'manifest'
      FROM run, (SELECT count(*) AS n FROM parts) p
     WHERE p.n > 0
)
UPDATE export_run r
   SET planned_at = clock_timestamp(), lease_until = NULL,
       patients_selected = (SELECT count(DISTINCT patient_id) FROM selected)
  FROM run
 WHERE r.org_id = run.org_id AND r.id = run.id
