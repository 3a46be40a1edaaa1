-- body: PullFailure · the plan is tried again later, or the pull goes on to settle as failed
UPDATE pull
   SET due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
       planned_at = CASE WHEN CAST(:#${body.again} AS boolean) THEN NULL ELSE clock_timestamp() END,
       error_code = :#${body.code}, error_message = :#${body.message}, lease_until = NULL
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
