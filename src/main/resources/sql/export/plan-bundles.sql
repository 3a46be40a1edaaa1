-- orgId, id, epoch, itemRecords, itemBytes, types, ranks, otherRank, lastRank · cuts the window of a run to a FHIR server
-- into items, in one statement: contiguous key ranges of a type, each up to a target of records and of bytes, in the rank of
-- their type; tombstones in ranges of their own, behind all records and in reverse rank
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
), weighed AS ( -- a small record weighs its share of a full item, so that filling one by weight keeps both targets
    SELECT type, deleted, source_id, id, bytes,
           greatest(bytes + 1, CAST(least((:itemBytes + :itemRecords - 1) / :itemRecords, 2147483647) AS int)) AS weight
      FROM selected
), measured AS (
    SELECT type, deleted, source_id || '/' || id AS key, bytes, weight, sum(weight) OVER w AS upto
      FROM weighed
    WINDOW w AS (PARTITION BY type, deleted ORDER BY source_id, id ROWS UNBOUNDED PRECEDING)
), sliced AS (
    SELECT type, deleted, key, bytes, (upto - weight) / :itemBytes AS slice
      FROM measured
), parts AS (
    SELECT type, deleted, slice, min(key) AS first, max(key) AS last, max(bytes) AS largest, count(*) AS records
      FROM sliced
     GROUP BY type, deleted, slice
), ranked AS (
    SELECT p.*, row_number() OVER (PARTITION BY type, deleted ORDER BY slice) AS part,
           CASE WHEN p.deleted THEN :lastRank - k.rank ELSE k.rank END AS rank
      FROM parts p
     CROSS JOIN LATERAL (SELECT coalesce((CAST(:ranks AS int[]))[array_position(CAST(:types AS text[]), p.type)],
                                         CAST(:otherRank AS int)) AS rank) k
), written AS (
    INSERT INTO export_item (org_id, id, run_id, destination_id, ordinal, kind, resource_type, part, rank,
                             from_source, from_id, to_source, to_id, largest, selected)
    SELECT run.org_id, new_id('item'), run.id, run.destination_id, row_number() OVER (ORDER BY g.rank, g.type, g.part),
           CASE WHEN g.deleted THEN 'deleted' ELSE 'bundles' END, g.type, g.part, g.rank,
           split_part(g.first, '/', 1), substr(g.first, strpos(g.first, '/') + 1),
           split_part(g.last, '/', 1), substr(g.last, strpos(g.last, '/') + 1), g.largest, g.records
      FROM run, ranked g
)
UPDATE export_run r
   SET planned_at = clock_timestamp(), lease_until = NULL,
       backfill = run.backfill, first_backfill = run.first_backfill,
       patients_selected = (SELECT count(DISTINCT patient_id) FROM selected)
  FROM run
 WHERE r.org_id = run.org_id AND r.id = run.id
