-- body: PullFailure · a plan is tried again later, or the pull goes on to settle as failed; settling is always tried again
UPDATE pull
   SET due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
       -- settling is tried again with the plan it has; a plan that cannot be made settles as failed, without tasks
       planned_at = CASE WHEN CAST(:#${body.again} AS boolean) THEN planned_at ELSE coalesce(planned_at, clock_timestamp()) END,
       error_code = CASE WHEN planned_at IS NULL THEN :#${body.code} ELSE error_code END,
       error_message = CASE WHEN planned_at IS NULL THEN :#${body.message} ELSE error_message END,
       attempts = CASE WHEN CAST(:#${body.counts} AS boolean) THEN attempts ELSE greatest(attempts - 1, 0) END,
       lease_until = NULL
 WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
