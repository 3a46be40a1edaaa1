-- nothing · runs with work that failed for a reason that may pass, that nothing carries and nobody cancelled a retry of, and
-- in how many seconds that is to be tried: each time after twice as long, until it has been failing for too long
WITH RECURSIVE troubled AS (
    SELECT r.org_id, r.id, r.completed_at, r.retry_of
      FROM export_run r
      JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id AND d.enabled
     WHERE r.status IN ('partial', 'failed') AND r.resolved_by IS NULL
       AND r.completed_at > clock_timestamp() - CAST(:#${properties:caravan.export.repeat-for} AS interval)
       AND EXISTS (SELECT 1 FROM export_item i
                    WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.status = 'failed' AND i.passing
                      AND i.resolved_by IS NULL)
       AND NOT EXISTS (SELECT 1 FROM export_item i -- the destination refused, whatever else went wrong
                        WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.error_code = 'destination_unavailable')
       AND NOT EXISTS (SELECT 1 FROM export_run n WHERE n.org_id = r.org_id AND n.retry_of = r.id)
       AND (r.status = 'partial' OR r.mode = 'items' -- else a later run goes from the same watermark
            OR NOT EXISTS (SELECT 1 FROM export_run n
                            WHERE n.org_id = r.org_id AND n.destination_id = r.destination_id AND n.id > r.id
                              AND n.mode <> 'items'))
), history AS (
    SELECT t.org_id, t.id, t.completed_at, t.retry_of, 0 AS tries
      FROM troubled t
    UNION ALL
    SELECT h.org_id, h.id, o.completed_at, o.retry_of, h.tries + 1
      FROM history h
      JOIN export_run o ON o.org_id = h.org_id AND o.id = h.retry_of
), since AS (
    SELECT h.org_id, h.id, max(h.tries) AS tries, min(h.completed_at) AS first, max(h.completed_at) AS last
      FROM history h
     GROUP BY h.org_id, h.id
)
SELECT s.org_id, s.id AS run_id,
       CAST(greatest(0, ceil(extract(epoch FROM s.last - clock_timestamp()
            + least(CAST(:#${properties:caravan.export.repeat-first} AS interval) * power(2, least(s.tries, 20)),
                    CAST(:#${properties:caravan.export.repeat-longest} AS interval))))) AS int) AS wait_seconds
  FROM since s
 WHERE s.first > clock_timestamp() - CAST(:#${properties:caravan.export.repeat-for} AS interval)
 ORDER BY s.last
 LIMIT 1000
