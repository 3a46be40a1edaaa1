-- body: ItemFailure · tried again later while its time lasts, else failed; where the destination as a whole refuses,
-- the run's other files are not tried, nor tried again
WITH failed AS (
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
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, run_id, status, error_message
)
UPDATE export_item i
   SET status = 'failed', passing = false, error_code = 'destination_unavailable',
       error_message = 'Not tried, for the destination refused another file of this run: ' || f.error_message
  FROM failed f
 WHERE f.status = 'failed' AND CAST(:#${body.stopsRun} AS boolean)
   AND i.org_id = f.org_id AND i.run_id = f.run_id AND i.kind <> 'manifest' AND i.status = 'pending'
