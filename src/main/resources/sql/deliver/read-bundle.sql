-- item and range, after, entries, bytes · what of an item goes into its next bundle: the records behind a key, as its window
-- saw them, or its tombstones; at most so many, and so many bytes unless one alone has more
SELECT source_id, id, content, bytes
  FROM (SELECT p.*, sum(bytes) OVER w AS upto, row_number() OVER w AS n
          FROM (SELECT source_id, id, content, bytes
                  FROM resource_record
                 WHERE org_id = :orgId AND type = :type AND (source_id, id) > (:afterSource, :afterId)
                   AND (source_id, id) >= (:fromSource, :fromId) AND (source_id, id) <= (:toSource, :toId)
                   AND changed_xid >= pg_snapshot_xmin(CAST(:windowFrom AS pg_snapshot))
                   AND changed_xid < pg_snapshot_xmax(CAST(:windowTo AS pg_snapshot))
                   AND NOT pg_visible_in_snapshot(changed_xid, CAST(:windowFrom AS pg_snapshot))
                   AND pg_visible_in_snapshot(changed_xid, CAST(:windowTo AS pg_snapshot))
                   AND deleted = CAST(:deleted AS boolean)
                   AND (deleted OR NOT CAST(:backfill AS boolean)
                        OR pg_visible_in_snapshot(withheld_xid, CAST(:windowTo AS pg_snapshot)) IS NOT TRUE)
                 ORDER BY source_id, id
                 LIMIT CAST(:entries AS int)) p
        WINDOW w AS (ORDER BY source_id, id ROWS UNBOUNDED PRECEDING)) q
 WHERE n = 1 OR upto <= CAST(:bytes AS bigint)
 ORDER BY source_id, id
