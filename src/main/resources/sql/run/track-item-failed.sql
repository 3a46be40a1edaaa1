-- body: ItemFailure · tried again later while its time lasts, else failed; where the destination as a whole refuses,
-- the run's other files are not tried, nor tried again. A failure that may pass puts the destination in doubt, and what it
-- asked to wait holds for all its items on all nodes
WITH place AS ( -- first, as everything that changes a destination locks it before its runs and their items
    SELECT d.org_id, d.id
      FROM export_item i
      JOIN destination d ON d.org_id = i.org_id AND d.id = i.destination_id
     WHERE i.org_id = :#${body.orgId} AND i.id = :#${body.id} AND i.epoch = :#${body.epoch} AND i.status = 'running'
       FOR NO KEY UPDATE OF d
), failed AS (
    UPDATE export_item
       SET status = CASE WHEN CAST(:#${body.again} AS boolean)
                          AND first_tried_at + CAST(:#${properties:caravan.export.retry-for} AS interval) > clock_timestamp()
                          AND NOT EXISTS (SELECT 1 FROM export_item refused
                                           WHERE refused.org_id = export_item.org_id
                                             AND refused.run_id = export_item.run_id
                                             AND refused.error_code = 'destination_unavailable')
                         THEN 'pending' ELSE 'failed' END,
           due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           lease_until = NULL, passing = CAST(:#${body.again} AS boolean), error_code = :#${body.code}, error_message = :#${body.message}
      FROM place p
     WHERE export_item.org_id = p.org_id AND export_item.destination_id = p.id
       AND export_item.org_id = :#${body.orgId} AND export_item.id = :#${body.id} AND export_item.epoch = :#${body.epoch}
       AND export_item.status = 'running'
    RETURNING export_item.org_id, export_item.destination_id, export_item.run_id, export_item.status, export_item.error_message
), doubted AS (
    UPDATE destination d
       SET failing_since = coalesce(d.failing_since, clock_timestamp()), pace = 1,
           paused_until = CASE WHEN CAST(:#${body.pauseMillis} AS bigint) = 0 THEN d.paused_until
                               ELSE greatest(d.paused_until, clock_timestamp()
                                    + CAST(:#${body.pauseMillis} * INTERVAL '1 millisecond' AS interval)) END
      FROM failed f
     WHERE CAST(:#${body.doubts} AS boolean) AND d.org_id = f.org_id AND d.id = f.destination_id
)
UPDATE export_item i
   SET status = 'failed', passing = false, error_code = 'destination_unavailable',
       error_message = 'Not tried, for the destination refused another file of this run: ' || f.error_message
  FROM failed f
 WHERE f.status = 'failed' AND CAST(:#${body.stopsRun} AS boolean)
   AND i.org_id = f.org_id AND i.run_id = f.run_id AND i.kind <> 'manifest' AND i.status = 'pending'
