-- How nodes come by work. Each function locks the rows it rations by (SKIP LOCKED) and only then, in the next
-- statement and so under a new snapshot, counts and updates: counting in the locking statement breaks the cap.
-- Times are the database's. p_free is how much more the calling node can hold.

-- Pulls to plan (queued and due, or a plan whose node died) and pulls to settle (planned, no task open).
CREATE FUNCTION claim_pulls(p_node text, p_free int, p_lease interval)
    RETURNS TABLE (org_id text, id text, connection_id text, source_id text, patient_id text, fhir_base_url text,
                   source_key text, ids text, epoch int, attempts int, step text)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
BEGIN
    IF p_free <= 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH due AS (
        SELECT p.org_id, p.id,
               CASE WHEN p.planned_at IS NULL THEN 'plan' ELSE 'settle' END AS step
          FROM pull p
         WHERE (p.status = 'queued' AND p.due_at <= clock_timestamp()
                AND NOT EXISTS (SELECT 1 FROM pull r
                                 WHERE r.org_id = p.org_id AND r.connection_id = p.connection_id AND r.status = 'running'))
            OR (p.status = 'running' AND p.due_at <= clock_timestamp()
                AND (p.lease_until IS NULL OR p.lease_until <= clock_timestamp())
                AND (p.planned_at IS NULL
                     OR NOT EXISTS (SELECT 1 FROM pull_task t
                                     WHERE t.org_id = p.org_id AND t.pull_id = p.id
                                       AND t.status IN ('pending', 'running'))))
         ORDER BY p.due_at
         LIMIT p_free
           FOR UPDATE OF p SKIP LOCKED
    ), claimed AS (
        UPDATE pull p
           SET status = 'running', started_at = coalesce(p.started_at, clock_timestamp()), node = p_node,
               epoch = p.epoch + 1, lease_until = clock_timestamp() + p_lease, attempts = p.attempts + 1
          FROM due
         WHERE p.org_id = due.org_id AND p.id = due.id
        RETURNING p.org_id, p.id, p.connection_id, p.source_id, p.epoch, p.attempts, due.step
    )
    SELECT c.org_id, c.id, c.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids, c.epoch, c.attempts,
           c.step
      FROM claimed c
      JOIN connection n ON n.org_id = c.org_id AND n.id = c.connection_id
      JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
END
$$;

-- Tasks that are due and whose pull has nothing open in an earlier phase; at most p_cap of a source at a time. A task
-- whose node died is taken over; after p_takeovers of those it is the task that kills nodes, and fails.
CREATE FUNCTION claim_tasks(p_node text, p_free int, p_cap int, p_lease interval, p_takeovers int)
    RETURNS TABLE (org_id text, id text, pull_id text, connection_id text, source_id text, patient_id text,
                   fhir_base_url text, source_key text, ids text, kind text, resource_type text, query text,
                   next_url text, pages int, attempts int, epoch int)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed record;
    room     int;
    got      int;
    left_over int := p_free;
BEGIN
    UPDATE pull_task t
       SET status = 'failed', error_code = 'poison', lease_until = NULL,
           error_message = 'Given up after ' || t.takeovers || ' nodes that worked on it died.'
     WHERE t.status = 'running' AND t.lease_until <= clock_timestamp() AND t.takeovers >= p_takeovers;

    IF p_free <= 0 THEN
        RETURN;
    END IF;
    FOR rationed IN
        WITH waiting AS (
            SELECT t.org_id, t.source_id, min(t.due_at) AS since
              FROM pull_task t
             WHERE (t.status = 'pending' AND t.due_at <= clock_timestamp())
                OR (t.status = 'running' AND t.lease_until <= clock_timestamp())
             GROUP BY t.org_id, t.source_id
        )
        SELECT s.org_id, s.id
          FROM source s
          JOIN waiting w ON w.org_id = s.org_id AND w.source_id = s.id
         ORDER BY w.since
           FOR NO KEY UPDATE OF s SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        SELECT least(p_cap - count(*), left_over) INTO room
          FROM pull_task t
         WHERE t.org_id = rationed.org_id AND t.source_id = rationed.id
           AND t.status = 'running' AND t.lease_until > clock_timestamp();
        CONTINUE WHEN room <= 0;
        RETURN QUERY
        WITH due AS (
            SELECT t.org_id, t.id
              FROM pull_task t
              JOIN pull p ON p.org_id = t.org_id AND p.id = t.pull_id AND p.status = 'running'
             WHERE t.org_id = rationed.org_id AND t.source_id = rationed.id
               AND ((t.status = 'pending' AND t.due_at <= clock_timestamp())
                    OR (t.status = 'running' AND t.lease_until <= clock_timestamp()))
               AND NOT EXISTS (SELECT 1 FROM pull_task e
                                WHERE e.org_id = t.org_id AND e.pull_id = t.pull_id AND e.phase < t.phase
                                  AND e.status IN ('pending', 'running'))
             ORDER BY t.due_at, t.id
             LIMIT room
               FOR UPDATE OF t SKIP LOCKED
        ), claimed AS (
            UPDATE pull_task t
               SET status = 'running', node = p_node, epoch = t.epoch + 1, attempts = t.attempts + 1,
                   takeovers = t.takeovers + CASE WHEN t.status = 'running' THEN 1 ELSE 0 END,
                   lease_until = clock_timestamp() + p_lease
              FROM due
             WHERE t.org_id = due.org_id AND t.id = due.id
            RETURNING t.*
        )
        SELECT c.org_id, c.id, c.pull_id, p.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids,
               c.kind, c.resource_type, c.query, c.next_url, c.pages, c.attempts, c.epoch
          FROM claimed c
          JOIN pull p ON p.org_id = c.org_id AND p.id = c.pull_id
          JOIN connection n ON n.org_id = c.org_id AND n.id = p.connection_id
          JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;

-- Runs to plan (queued, due, their destination enabled and without a running run; the window is taken here), runs to
-- settle (planned, no item open but a manifest that has nothing to list), and runs to cancel (asked to, nothing in flight).
CREATE FUNCTION claim_runs(p_node text, p_free int, p_lease interval)
    RETURNS TABLE (org_id text, id text, destination_id text, mode text, window_from text, window_to text, retry_of text,
                   epoch int, step text)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed record;
    got      int;
    left_over int := p_free;
BEGIN
    FOR rationed IN
        SELECT d.org_id, d.id
          FROM destination d
         WHERE d.enabled
           AND EXISTS (SELECT 1 FROM export_run r
                        WHERE r.org_id = d.org_id AND r.destination_id = d.id
                          AND r.status = 'queued' AND r.due_at <= clock_timestamp())
           FOR NO KEY UPDATE OF d SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        RETURN QUERY
        UPDATE export_run r
           SET status = 'running', started_at = clock_timestamp(), node = p_node, epoch = r.epoch + 1,
               lease_until = clock_timestamp() + p_lease,
               settings = d.settings,
               window_from = CASE r.mode WHEN 'items' THEN r.window_from
                                         WHEN 'full' THEN '3:3:'::pg_snapshot
                                         ELSE d.watermark END,
               window_to = CASE r.mode WHEN 'items' THEN r.window_to ELSE pg_current_snapshot() END
          FROM destination d
         WHERE d.org_id = rationed.org_id AND d.id = rationed.id
           AND r.org_id = d.org_id
           AND r.id = (SELECT q.id FROM export_run q
                        WHERE q.org_id = rationed.org_id AND q.destination_id = rationed.id
                          AND q.status = 'queued' AND q.due_at <= clock_timestamp()
                        ORDER BY q.id LIMIT 1)
           AND r.status = 'queued'
           AND NOT EXISTS (SELECT 1 FROM export_run a
                            WHERE a.org_id = rationed.org_id AND a.destination_id = rationed.id AND a.status = 'running')
        RETURNING r.org_id, r.id, r.destination_id, r.mode, r.window_from::text, r.window_to::text, r.retry_of, r.epoch,
                  'plan'::text;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;

    IF left_over <= 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH due AS (
        SELECT r.org_id, r.id
          FROM export_run r
         WHERE r.status = 'running'
           AND (r.lease_until IS NULL OR r.lease_until <= clock_timestamp())
           AND (r.planned_at IS NULL
                OR (r.cancel_requested
                    AND NOT EXISTS (SELECT 1 FROM export_item i
                                     WHERE i.org_id = r.org_id AND i.run_id = r.id
                                       AND i.status = 'running' AND i.lease_until > clock_timestamp()))
                OR NOT EXISTS (SELECT 1 FROM export_item i
                                WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.status IN ('pending', 'running')
                                  AND (i.kind <> 'manifest' OR EXISTS (
                                       SELECT 1 FROM export_item e
                                        WHERE e.org_id = r.org_id AND e.run_id = r.id
                                          AND e.kind <> 'manifest' AND e.status = 'delivered'))))
         ORDER BY r.id
         LIMIT left_over
           FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE export_run r
       SET node = p_node, epoch = r.epoch + 1, lease_until = clock_timestamp() + p_lease
      FROM due
     WHERE r.org_id = due.org_id AND r.id = due.id
    RETURNING r.org_id, r.id, r.destination_id, r.mode, r.window_from::text, r.window_to::text, r.retry_of, r.epoch,
              CASE WHEN r.cancel_requested
                        AND NOT EXISTS (SELECT 1 FROM export_item m
                                         WHERE m.org_id = r.org_id AND m.run_id = r.id
                                           AND m.kind = 'manifest' AND m.status = 'delivered') THEN 'cancel'
                   WHEN r.planned_at IS NULL THEN 'plan'
                   ELSE 'settle' END;
END
$$;

-- Items that are due, at most p_cap of a destination at a time, the destination that has waited longest first. A
-- manifest is due when all other items of its run have ended and one of them was delivered. An item whose node died
-- is taken over; after p_takeovers of those it is the item that kills nodes, and fails.
CREATE FUNCTION claim_items(p_node text, p_free int, p_cap int, p_lease interval, p_takeovers int)
    RETURNS TABLE (org_id text, id text, run_id text, destination_id text, destination_type text, revision int,
                   settings text, kind text, resource_type text, part int, from_source text, from_id text,
                   to_source text, to_id text, largest int, selected int, window_from text, window_to text,
                   attempts int, epoch int)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed record;
    room     int;
    got      int;
    left_over int := p_free;
BEGIN
    UPDATE export_item i
       SET status = 'failed', error_code = 'poison',
           error_message = 'Given up after ' || i.takeovers || ' nodes that delivered it died.'
     WHERE i.status = 'running' AND i.lease_until <= clock_timestamp() AND i.takeovers >= p_takeovers;

    IF p_free <= 0 THEN
        RETURN;
    END IF;
    FOR rationed IN
        WITH waiting AS (
            SELECT i.org_id, i.destination_id, min(i.due_at) AS since
              FROM export_item i
             WHERE (i.status = 'pending' AND i.due_at <= clock_timestamp())
                OR (i.status = 'running' AND i.lease_until <= clock_timestamp())
             GROUP BY i.org_id, i.destination_id
        )
        SELECT d.org_id, d.id
          FROM destination d
          JOIN waiting w ON w.org_id = d.org_id AND w.destination_id = d.id
         WHERE d.enabled
         ORDER BY w.since
           FOR NO KEY UPDATE OF d SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        SELECT least(p_cap - count(*), left_over) INTO room
          FROM export_item i
         WHERE i.org_id = rationed.org_id AND i.destination_id = rationed.id
           AND i.status = 'running' AND i.lease_until > clock_timestamp();
        CONTINUE WHEN room <= 0;
        RETURN QUERY
        WITH due AS (
            SELECT i.org_id, i.id
              FROM export_item i
              JOIN export_run r ON r.org_id = i.org_id AND r.id = i.run_id
                               AND r.status = 'running' AND NOT r.cancel_requested
             WHERE i.org_id = rationed.org_id AND i.destination_id = rationed.id
               AND ((i.status = 'pending' AND i.due_at <= clock_timestamp())
                    OR (i.status = 'running' AND i.lease_until <= clock_timestamp()))
               AND (i.kind <> 'manifest'
                    OR (EXISTS (SELECT 1 FROM export_item e
                                 WHERE e.org_id = i.org_id AND e.run_id = i.run_id
                                   AND e.kind <> 'manifest' AND e.status = 'delivered')
                        AND NOT EXISTS (SELECT 1 FROM export_item e
                                         WHERE e.org_id = i.org_id AND e.run_id = i.run_id
                                           AND e.kind <> 'manifest' AND e.status IN ('pending', 'running'))))
             ORDER BY i.due_at, i.ordinal
             LIMIT room
               FOR UPDATE OF i SKIP LOCKED
        ), claimed AS (
            UPDATE export_item i
               SET status = 'running', node = p_node, epoch = i.epoch + 1, attempts = i.attempts + 1,
                   takeovers = i.takeovers + CASE WHEN i.status = 'running' THEN 1 ELSE 0 END,
                   first_tried_at = coalesce(i.first_tried_at, clock_timestamp()),
                   lease_until = clock_timestamp() + p_lease
              FROM due
             WHERE i.org_id = due.org_id AND i.id = due.id
            RETURNING i.*
        )
        SELECT c.org_id, c.id, c.run_id, c.destination_id, d.type, d.revision, r.settings::text, c.kind,
               c.resource_type, c.part, c.from_source, c.from_id, c.to_source, c.to_id, c.largest, c.selected,
               r.window_from::text, r.window_to::text, c.attempts, c.epoch
          FROM claimed c
          JOIN export_run r ON r.org_id = c.org_id AND r.id = c.run_id
          JOIN destination d ON d.org_id = c.org_id AND d.id = c.destination_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;
