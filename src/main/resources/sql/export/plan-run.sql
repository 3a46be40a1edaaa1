-- orgId, id, epoch, itemRecords, itemBytes, zip · cuts the run's window into items in one statement: contiguous key ranges
-- of a type, each of at most so many records and bytes, or of a single larger record; for zip, consecutive ranges grouped into
-- archives of as many bytes; tombstones in ranges of their own; then the manifest. No row is listed, none leaves the database
WITH run AS ( -- the watermark is the one that the window was taken from: only this run, when it settles, moves it
    SELECT r.org_id, r.id, r.destination_id, r.window_from, r.window_to,
           CAST(d.watermark AS text) = '3:3:' AS first_backfill,
           CAST(d.watermark AS text) = '3:3:' OR r.mode = 'full' AS backfill
      FROM export_run r
      JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
     WHERE r.org_id = :orgId AND r.id = :id AND r.epoch = :epoch AND r.status = 'running' AND r.planned_at IS NULL
       FOR UPDATE OF r
), selected AS (
    SELECT c.type, c.source_id, c.id, c.bytes, c.patient_id, c.deleted
      FROM run, resource_record c
     WHERE c.org_id = :orgId
       AND c.changed_xid >= pg_snapshot_xmin(run.window_from) AND c.changed_xid < pg_snapshot_xmax(run.window_to)
       AND NOT pg_visible_in_snapshot(c.changed_xid, run.window_from)
       AND pg_visible_in_snapshot(c.changed_xid, run.window_to)
       AND NOT (c.deleted AND run.first_backfill)
       AND (c.deleted OR NOT run.backfill OR pg_visible_in_snapshot(c.withheld_xid, run.window_to) IS NOT TRUE)
), weighed AS ( -- a small record weighs its share of a full file, so that filling a file by weight keeps both targets
    SELECT type, deleted, source_id, id, bytes,
           greatest(bytes + 1, CAST(least((:itemBytes + :itemRecords - 1) / :itemRecords, 2147483647) AS int)) AS weight
      FROM selected
), measured AS (
    SELECT type, deleted, source_id || '/' || id AS key, bytes, weight, filled_part(weight, :itemBytes) OVER w AS part
      FROM weighed
    WINDOW w AS (PARTITION BY type, deleted ORDER BY source_id, id ROWS UNBOUNDED PRECEDING)
), parts AS (
    SELECT type, deleted, part,
           min(key) AS first, max(key) AS last, max(bytes) AS largest, count(*) AS records, sum(weight) AS weight
      FROM measured
     GROUP BY type, deleted, part
), ranges AS (
    SELECT type, deleted, part, largest, records,
           split_part(first, '/', 1) AS from_source, substr(first, strpos(first, '/') + 1) AS from_id,
           split_part(last, '/', 1) AS to_source, substr(last, strpos(last, '/') + 1) AS to_id,
           filled_part(weight, :itemBytes) OVER (PARTITION BY deleted ORDER BY type, part ROWS UNBOUNDED PRECEDING) AS archive
      FROM parts
), archives AS (
    SELECT archive, new_id('item') AS id, row_number() OVER (ORDER BY archive) AS n,
           max(largest) AS largest, sum(records) AS records
      FROM ranges
     WHERE :zip AND NOT deleted
     GROUP BY archive
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
      JOIN archives a ON a.archive = g.archive AND NOT g.deleted
), files AS (
    SELECT (SELECT count(*) FROM archives) + row_number() OVER (ORDER BY g.deleted, g.type, g.part) AS ordinal, g.*
      FROM ranges g
     WHERE g.deleted OR NOT :zip
), written AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, resource_type, part,
                             from_source, from_id, to_source, to_id, largest, selected)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, f.ordinal,
           CASE WHEN f.deleted THEN 'deleted' ELSE 'file' END, f.type, f.part,
           f.from_source, f.from_id, f.to_source, f.to_id, f.largest, f.records
      FROM run, files f
), manifest AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, o.n + 1, 'manifest'
      FROM run, (SELECT (SELECT count(*) FROM archives) + (SELECT count(*) FROM files) AS n) o
     WHERE o.n > 0
)
UPDATE export_run r
   SET planned_at = clock_timestamp(), lease_until = NULL,
       backfill = run.backfill, first_backfill = run.first_backfill,
       patients_selected = (SELECT count(DISTINCT patient_id) FROM selected)
  FROM run
 WHERE r.org_id = run.org_id AND r.id = run.id
