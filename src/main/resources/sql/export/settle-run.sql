-- body: ClaimedRun · ends a run whose items have all ended: status and counts, the watermark, and the runs it resolves.
-- What still waits for something that it refers to will not come: it is rejected
WITH RECURSIVE waiting AS (
    SELECT item_id, CAST(count(*) AS int) AS n
      FROM export_leftover
     WHERE org_id = :#${body.orgId} AND run_id = :#${body.id} AND state = 'waiting'
     GROUP BY item_id
), item AS (
    SELECT i.*, i.rejected + coalesce(w.n, 0) AS refused
      FROM export_item i
      LEFT JOIN waiting w ON w.item_id = i.id
     WHERE i.org_id = :#${body.orgId} AND i.run_id = :#${body.id} AND i.kind <> 'repeats'
), tally AS (
    SELECT count(*) FILTER (WHERE kind <> 'manifest') AS files,
           count(*) FILTER (WHERE kind <> 'manifest' AND (status = 'delivered' AND refused < selected
                                                          OR status = 'failed' AND delivered + superseded > 0)) AS delivered,
           count(*) FILTER (WHERE kind <> 'manifest' AND status = 'failed') AS failed,
           count(*) FILTER (WHERE kind = 'manifest' AND status = 'failed') AS manifest_failed,
           count(*) FILTER (WHERE kind = 'manifest' AND status = 'delivered') AS manifests,
           count(*) FILTER (WHERE kind <> 'manifest' AND status = 'delivered'
                              AND selected <> delivered + superseded + refused) AS short,
           coalesce(sum(refused) FILTER (WHERE status = 'delivered'), 0) AS refused,
           (array_agg(error_code ORDER BY telling, ordinal)
               FILTER (WHERE status = 'failed'))[1] AS code,
           (array_agg(error_message ORDER BY telling, ordinal)
               FILTER (WHERE status = 'failed'))[1] AS message
      FROM item
     CROSS JOIN LATERAL ( -- of several causes the destination's own answer first, what was not tried for it last
           SELECT CASE WHEN error_code IN ('destination_unauthorized', 'destination_not_found', 'destination_refused',
                                           'credentials_unreadable') THEN 0
                       WHEN error_code = 'destination_unavailable' THEN 2
                       ELSE 1 END AS telling) cause
), missed AS ( -- whose records lie behind the key that a failed item had come to, or were refused
    SELECT count(DISTINCT c.patient_id) AS patients
      FROM export_run r
     CROSS JOIN LATERAL (
           SELECT c.*
             FROM export_range i
             JOIN resource_record c ON c.org_id = i.org_id AND c.type = i.resource_type
                  AND (c.source_id, c.id) >= (i.from_source, i.from_id) AND (c.source_id, c.id) <= (i.to_source, i.to_id)
                  AND (c.source_id, c.id) > (i.done_source, i.done_id)
            WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.status = 'failed' AND c.deleted = i.deleted
            UNION ALL
           SELECT c.*
             FROM export_leftover l
             JOIN resource_record c ON c.org_id = l.org_id AND c.type = l.type AND c.source_id = l.source_id AND c.id = l.id
            WHERE l.org_id = r.org_id AND l.run_id = r.id) c
     WHERE r.org_id = :#${body.orgId} AND r.id = :#${body.id}
       AND NOT pg_visible_in_snapshot(c.changed_xid, r.window_from)
       AND pg_visible_in_snapshot(c.changed_xid, r.window_to)
       AND (c.deleted OR NOT r.backfill OR pg_visible_in_snapshot(c.withheld_xid, r.window_to) IS NOT TRUE)
), place AS ( -- first, as everything that changes a destination locks it before its runs
    SELECT d.org_id, d.id
      FROM destination d
     WHERE d.org_id = :#${body.orgId} AND d.id = :#${body.destinationId}
       FOR NO KEY UPDATE
), settled AS (
    UPDATE export_run r
       SET status = CASE WHEN r.cancel_requested AND t.manifests = 0 THEN 'cancelled'
                         WHEN t.files = 0 THEN 'succeeded'
                         WHEN t.delivered = 0 OR t.manifest_failed > 0 THEN 'failed'
                         WHEN t.failed > 0 OR t.refused > 0 OR t.short > 0 THEN 'partial'
                         ELSE 'succeeded' END,
           error_code = CASE WHEN t.code IS NOT NULL THEN t.code
                             WHEN t.short > 0 THEN 'count_mismatch'
                             WHEN t.refused > 0 THEN 'resources_refused' END,
           error_message = CASE WHEN t.code IS NOT NULL THEN t.message
                                WHEN t.short > 0 THEN 'Selected, delivered and superseded resources do not add up.'
                                WHEN t.refused > 0 THEN 'Resources that the destination refused: ' || t.refused
                                    || '. What it said of each stands with the run''s rejections.' END,
           patients_failed = CASE WHEN t.delivered = 0 OR t.manifest_failed > 0 OR (r.cancel_requested AND t.manifests = 0) THEN r.patients_selected
                                  ELSE m.patients END,
           patients_delivered = CASE WHEN t.delivered = 0 OR t.manifest_failed > 0 OR (r.cancel_requested AND t.manifests = 0) THEN 0
                                     ELSE r.patients_selected - m.patients END,
           completed_at = clock_timestamp(), lease_until = NULL
      FROM tally t, missed m, place p
     WHERE r.org_id = :#${body.orgId} AND r.id = :#${body.id} AND r.epoch = :#${body.epoch} AND r.status = 'running'
    RETURNING r.*, t.manifest_failed > 0 AS no_manifest
), moved AS (
    UPDATE destination d
       SET watermark = s.window_to, last_exported_at = clock_timestamp()
      FROM settled s
     WHERE d.org_id = s.org_id AND d.id = s.destination_id
       AND s.mode <> 'items' AND s.status IN ('succeeded', 'partial')
), retried AS (
    -- the run that this one retries, the one that it retried, and so on: each carried all that had failed before
    SELECT o.org_id, o.id, o.retry_of
      FROM export_run r
      JOIN export_run o ON o.org_id = r.org_id AND o.id = r.retry_of
     WHERE r.org_id = :#${body.orgId} AND r.id = :#${body.id}
    UNION
    SELECT o.org_id, o.id, o.retry_of
      FROM retried t
      JOIN export_run o ON o.org_id = t.org_id AND o.id = t.retry_of
), completed AS (
    -- and those that failed from the watermark that this one started from: its window holds theirs
    UPDATE export_run o
       SET resolved_by = s.id
      FROM settled s
     WHERE s.status = 'succeeded' AND o.org_id = s.org_id AND o.destination_id = s.destination_id
       AND o.id <> s.id AND o.resolved_by IS NULL
       AND (o.id IN (SELECT t.id FROM retried t)
            OR (o.status = 'failed' AND o.mode <> 'items'
                AND (s.mode = 'full' OR CAST(o.window_from AS text) = CAST(s.window_from AS text))))
), freed AS (
    UPDATE export_item o
       SET resolved_by = NULL
      FROM settled s
     WHERE (s.status = 'cancelled' OR (s.status = 'failed' AND s.no_manifest))
       AND o.org_id = s.org_id AND o.run_id = s.retry_of AND o.resolved_by = s.id
), given_up AS (
    UPDATE export_leftover l
       SET state = 'rejected'
      FROM settled s
     WHERE s.status <> 'cancelled' AND l.org_id = s.org_id AND l.run_id = s.id AND l.state = 'waiting'
), counted AS (
    UPDATE export_item i
       SET rejected = i.rejected + w.n
      FROM settled s, waiting w
     WHERE s.status <> 'cancelled' AND i.org_id = s.org_id AND i.run_id = s.id AND i.id = w.item_id
), stopped AS (
    UPDATE export_item i
       SET status = 'failed', error_code = 'cancelled', error_message = 'The run was cancelled.'
      FROM settled s
     WHERE s.status = 'cancelled' AND i.org_id = s.org_id AND i.run_id = s.id AND i.kind <> 'manifest'
       AND i.status IN ('pending', 'running')
)
DELETE FROM export_item i
 USING settled s
 WHERE i.org_id = s.org_id AND i.run_id = s.id AND i.kind = 'manifest' AND i.status <> 'delivered' AND i.status <> 'failed'
