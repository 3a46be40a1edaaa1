-- item, after, entries, bytes · what of an item was refused for now, before this claim, and is repeated: as read-bundle reads.
-- superseded: it has changed since, or is gone for good; a later run carries that
SELECT source_id, id, content, bytes, superseded
  FROM (SELECT p.*, sum(bytes) OVER w AS upto, row_number() OVER w AS n
          FROM (SELECT l.source_id, l.id, r.content, coalesce(r.bytes, 0) AS bytes,
                       pg_visible_in_snapshot(r.changed_xid, CAST(:windowTo AS pg_snapshot)) IS NOT TRUE AS superseded
                  FROM export_leftover l
                  LEFT JOIN resource_record r ON r.org_id = l.org_id AND r.type = l.type AND r.source_id = l.source_id
                                             AND r.id = l.id
                 WHERE l.org_id = :orgId AND l.item_id = :itemId AND l.state = 'again' AND l.epoch < :epoch
                   AND (l.source_id, l.id) > (:afterSource, :afterId)
                 ORDER BY l.source_id, l.id
                 LIMIT CAST(:entries AS int)) p
        WINDOW w AS (ORDER BY source_id, id ROWS UNBOUNDED PRECEDING)) q
 WHERE n = 1 OR upto <= CAST(:bytes AS bigint)
 ORDER BY source_id, id
