-- body: PullFailure · a plan is tried again later, or the pull goes on to settle as failed; settling is always tried again;
-- what the source asked to wait holds for all that is asked of it
WITH failed AS (
    UPDATE pull
       SET due_at = clock_timestamp() + CAST(:#${body.waitMillis} * INTERVAL '1 millisecond' AS interval),
           -- settling is tried again with the plan it has; a plan that cannot be made settles as failed, without tasks
           planned_at = CASE WHEN CAST(:#${body.again} AS boolean) THEN planned_at
                             ELSE coalesce(planned_at, clock_timestamp()) END,
           attempts = attempts - CASE WHEN CAST(:#${body.tried} AS boolean) THEN 0 ELSE 1 END,
           error_code = CASE WHEN planned_at IS NULL AND CAST(:#${body.tried} AS boolean) THEN :#${body.code}
                             ELSE error_code END,
           error_message = CASE WHEN planned_at IS NULL AND CAST(:#${body.tried} AS boolean) THEN :#${body.message}
                                ELSE error_message END,
           lease_until = NULL
     WHERE org_id = :#${body.orgId} AND id = :#${body.id} AND epoch = :#${body.epoch} AND status = 'running'
    RETURNING org_id, source_id
)
UPDATE source s
   SET hold_until = clock_timestamp() + CAST(:#${body.holdMillis} * INTERVAL '1 millisecond' AS interval),
       hold_reason = :#${body.message}
  FROM failed f
 WHERE s.org_id = f.org_id AND s.id = f.source_id AND :#${body.holdMillis} > 0
   AND (s.hold_until IS NULL
        OR s.hold_until < clock_timestamp() + CAST(:#${body.holdMillis} * INTERVAL '1 millisecond' AS interval))
