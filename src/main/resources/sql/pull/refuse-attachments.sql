-- orgId, connectionId, pullId, refusals · where a source has refused so many attachments of a pull, and given none, the
-- others are refused without being asked for; the next pull begins with those
WITH said AS (
    SELECT count(*) FILTER (WHERE status = 'refused') AS refused, count(*) FILTER (WHERE status = 'done') AS given
      FROM pull_task
     WHERE org_id = :orgId AND pull_id = :pullId AND kind = 'attachment'
), waiting AS ( -- one that is claimed at this moment is asked for
    SELECT t.id, s.refused
      FROM said s
      JOIN pull_task t ON t.org_id = :orgId AND t.pull_id = :pullId AND t.kind = 'attachment' AND t.status = 'pending'
     WHERE s.refused >= :refusals AND s.given = 0
       FOR UPDATE OF t SKIP LOCKED
), refused AS (
    UPDATE pull_task t
       SET status = 'refused', error_code = 'source_refused',
           error_message = 'Not asked for: the source refused ' || w.refused
                           || ' attachments of this pull and gave none. The grant may not allow any.'
      FROM waiting w
     WHERE t.org_id = :orgId AND t.id = w.id
    RETURNING t.query
)
UPDATE attachment a
   SET planned_at = NULL
  FROM refused r
 WHERE a.org_id = :orgId AND a.connection_id = :connectionId AND a.path = r.query AND a.status <> 'fetched'
