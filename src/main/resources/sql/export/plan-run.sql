-- orgId, id, epoch, itemRecords, itemBytes, zip · cuts the run's window into items in one statement: contiguous key ranges
-- of a type, each up to a target of records and of bytes; for zip, consecutive ranges grouped into archives; then the
-- manifest. No row is listed, none leaves the database
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
    SELECT type, key, bytes, weight, (upto - weight) / :itemBytes AS slice
      FROM measured
), parts AS (
    SELECT type, row_number() OVER (PARTITION BY type ORDER BY slice) AS part,
           min(key) AS first, max(key) AS last, max(bytes) AS largest, count(*) AS records, sum(weight) AS weight
      FROM sliced
     GROUP BY type, slice
), ranges AS (
    SELECT type, part, largest, records,
           split_part(first, '/', 1) AS from_source, substr(first, strpos(first, '/') + 1) AS from_id,
           split_part(last, '/', 1) AS to_source, substr(last, strpos(last, '/') + 1) AS to_id,
           div(sum(weight) OVER (ORDER BY type, part) - weight, :itemBytes) AS archive
      FROM parts
), archives AS (
    SELECT archive, new_id('item') AS id, row_number() OVER (ORDER BY archive) AS n,
           max(largest) AS largest, sum(records) AS records
      FROM ranges
     WHERE :zip
     GROUP BY archive
), files AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, resource_type, part,
                             from_source, from_id, to_source, to_id, largest, selected)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, row_number() OVER (ORDER BY g.type, g.part),
           'file', g.type, g.part, g.from_source, g.from_id, g.to_source, g.to_id, g.largest, g.records
      FROM run, ranges g
     WHERE NOT :zip
), packed AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, part, largest, selected)
    SELECT run.org_id, a.id, run.id, run.destination_id, a.n, 'archive', a.n, a.largest, a.records
      FROM run, archives a
), entries AS (
    INSERT INTO export_entry (org_id, item_id, ordinal, resource_type, part,
                              from_source, from_id, to_source, to_id, largest, selected)
    SELECT run.org_id, a.id, row_number() OVER (PARTITION BY a.n ORDER BY g.type, g.part), g.type, g.part,
           g.from_source, g.from_id, g.to_source, g.to_id, g.largest, g.records
      FROM run, ranges g
      JOIN archives a ON a.archive = g.archive
), manifest AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, o.n + 1, 'manifest'
      FROM run, (SELECT CASE WHEN :zip THEN (SELECT count(*) FROM archives) ELSE (SELECT count(*) FROM ranges) END AS n) o
     WHERE o.n > 0
)
UPDATE export_run r
   SET planned_at = clock_timestamp(), lease_until = NULL,
       patients_selected = (SELECT count(DISTINCT patient_id) FROM selected)
  FROM run
 WHERE r.org_id = run.org_id AND r.id = run.id
