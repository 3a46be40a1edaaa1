-- piece, org, type, from, from, to, to, window, window, window, window, backfill, window, piece · what read-item.sql
-- reads, each line with its end, in pieces of so many bytes: a large one is never whole in the reader's memory. OFFSET 0
-- keeps the inner order, and has each content read once for all its pieces
SELECT substr(line.content, piece.start, CAST(? AS int)) AS content, piece.start, octet_length(line.content) AS length
  FROM (SELECT convert_to(content || E'\n', 'UTF8') AS content
          FROM resource_record
         WHERE org_id = ? AND type = ? AND (source_id, id) >= (?, ?) AND (source_id, id) <= (?, ?)
           AND changed_xid >= pg_snapshot_xmin(CAST(? AS pg_snapshot))
           AND changed_xid < pg_snapshot_xmax(CAST(? AS pg_snapshot))
           AND NOT pg_visible_in_snapshot(changed_xid, CAST(? AS pg_snapshot))
           AND pg_visible_in_snapshot(changed_xid, CAST(? AS pg_snapshot))
           AND NOT deleted
           AND (NOT CAST(? AS boolean) OR pg_visible_in_snapshot(withheld_xid, CAST(? AS pg_snapshot)) IS NOT TRUE)
         ORDER BY source_id, id
        OFFSET 0) line
 CROSS JOIN LATERAL generate_series(1, octet_length(line.content), CAST(? AS int)) AS piece (start)
