-- run, after, entries, bytes · what of a run waits for something that it refers to, of all types in their rank: as
-- read-leftovers reads
SELECT item_id, rank, type, source_id, id, content, bytes, superseded
  FROM (SELECT p.*, sum(bytes) OVER w AS upto, row_number() OVER w AS n
          FROM (SELECT l.item_id, l.rank, l.type, l.source_id, l.id, r.content, coalesce(r.bytes, 0) AS bytes,
                       pg_visible_in_snapshot(r.changed_xid, CAST(:windowTo AS pg_snapshot)) IS NOT TRUE AS superseded
                  FROM export_leftover l
                  LEFT JOIN resource_record r ON r.org_id = l.org_id AND r.type = l.type AND r.source_id = l.source_id
                                             AND r.id = l.id
                 WHERE l.org_id = :orgId AND l.run_id = :runId AND l.state = 'waiting'
                   AND (l.rank, l.type, l.source_id, l.id) > (CAST(:afterRank AS int), :afterType, :afterSource, :afterId)
                 ORDER BY l.rank, l.type, l.source_id, l.id
                 LIMIT CAST(:entries AS int)) p
        WINDOW w AS (ORDER BY rank, type, source_id, id ROWS UNBOUNDED PRECEDING)) q
 WHERE n = 1 OR upto <= CAST(:bytes AS bigint)
 ORDER BY rank, type, source_id, id
