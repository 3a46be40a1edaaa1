-- body: ClaimedPull · ends the pull and, in the same transaction, queues a run for each enabled destination with a change
-- that neither its watermark nor a run under way covers; a queued delta run absorbs the trigger
WITH tally AS (
    SELECT count(*) FILTER (WHERE phase = 0 AND status = 'done') AS patient_read,
           count(*) FILTER (WHERE phase = 1 AND status = 'done') AS types_read,
           count(*) FILTER (WHERE phase = 1) AS types_planned,
           count(*) FILTER (WHERE status IN ('refused', 'failed')) AS troubled,
           min(error_message) FILTER (WHERE phase = 0) AS patient_message,
           min(error_message) FILTER (WHERE error_code = 'reconnect_needed') AS lost_message
      FROM pull_task
     WHERE org_id = :#${body.orgId} AND pull_id = :#${body.id}
), settled AS (
    UPDATE pull p
       SET status = CASE WHEN p.error_code IS NOT NULL OR t.patient_read = 0 THEN 'failed'
                         WHEN t.types_planned > 0 AND t.types_read = 0 AND p.retry_of IS NULL THEN 'failed'
                         WHEN t.troubled > 0 THEN 'partial'
                         ELSE 'completed' END,
           error_code = CASE WHEN p.error_code IS NOT NULL THEN p.error_code
                             WHEN t.lost_message IS NOT NULL THEN 'reconnect_needed'
                             WHEN t.patient_read = 0 THEN 'patient_unreadable'
                             WHEN t.types_planned > 0 AND t.types_read = 0 AND p.retry_of IS NULL THEN 'no_readable_type' END,
           error_message = CASE WHEN p.error_code IS NOT NULL THEN p.error_message
                                WHEN t.lost_message IS NOT NULL THEN t.lost_message
                                WHEN t.patient_read = 0 THEN coalesce(t.patient_message, 'The patient could not be read.')
                                WHEN t.types_planned > 0 AND t.types_read = 0 AND p.retry_of IS NULL
                                THEN 'The source let us read none of its types; see the tasks for what it said.' END,
           -- what the connection's tokens do not allow, as the source said last
           warnings = p.warnings || coalesce((
               SELECT jsonb_build_array(jsonb_build_object('code', 'scope_missing', 'message',
                          'The source granted less than was asked for, or less than before: '
                          || array_to_string(c.missing_scopes, ', ') || '.'))
                 FROM connection c
                WHERE c.org_id = p.org_id AND c.id = p.connection_id AND cardinality(c.missing_scopes) > 0),
               CAST('[]' AS jsonb)),
           completed_at = clock_timestamp(), settled_xid = pg_current_xact_id(), lease_until = NULL
      FROM tally t
     WHERE p.org_id = :#${body.orgId} AND p.id = :#${body.id} AND p.epoch = :#${body.epoch} AND p.status = 'running'
    RETURNING p.org_id, p.id
), afresh AS ( -- what was referred to and not read is not named again by what changes: the next pull walks everything
    DELETE FROM query_cursor q
     USING settled s, pull p
     WHERE p.org_id = s.org_id AND p.id = s.id AND q.org_id = p.org_id AND q.connection_id = p.connection_id
       AND EXISTS (SELECT 1 FROM pull_reference r
                    WHERE r.org_id = s.org_id AND r.pull_id = s.id AND r.status IN ('pending', 'failed'))
), unseen AS ( -- of use until here
    DELETE FROM pull_seen d USING settled s WHERE d.org_id = s.org_id AND d.pull_id = s.id
), unnamed AS (
    DELETE FROM pull_nominee d USING settled s WHERE d.org_id = s.org_id AND d.pull_id = s.id
), unreferred AS (
    DELETE FROM pull_reference d USING settled s
     WHERE d.org_id = s.org_id AND d.pull_id = s.id AND d.status NOT IN ('pending', 'failed') -- the next pull reads those
), forgotten AS ( -- which pages its walks came to
    DELETE FROM task_page g
     USING settled s, pull_task t
     WHERE t.org_id = s.org_id AND t.pull_id = s.id AND g.org_id = t.org_id AND g.task_id = t.id
), kept AS ( -- a destination that is being deleted at this moment is waited for, and then is none
    SELECT d.org_id, d.id
      FROM settled s
      JOIN destination_behind b ON b.org_id = s.org_id
      JOIN destination d ON d.org_id = b.org_id AND d.id = b.id
       FOR KEY SHARE OF d
)
INSERT INTO export_run (org_id, id, destination_id, trigger, mode, due_at)
SELECT d.org_id, new_id('run'), d.id, 'pull_completed', 'delta', now() + CAST(:#${properties:caravan.export.quiet} AS interval)
  FROM kept d
ON CONFLICT (org_id, destination_id) WHERE status = 'queued' AND mode = 'delta'
DO UPDATE SET due_at = greatest(export_run.due_at, least(excluded.due_at, export_run.queued_at + INTERVAL '5 minutes'))
