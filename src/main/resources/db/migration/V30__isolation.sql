-- Destinations cost each other nothing: how many items of one may be on their way is what it has earned, and those of which
-- nothing says that they answer share a part of each node's slots.

ALTER TABLE destination
    ADD COLUMN answered_at   timestamptz,            -- when an item was delivered there last; null: never yet
    ADD COLUMN failing_since timestamptz,            -- since when every try failed for a reason that may pass
    ADD COLUMN pace          int NOT NULL DEFAULT 1; -- how many items at once it has earned
UPDATE destination SET answered_at = last_exported_at;

ALTER TABLE export_item
    ADD COLUMN heard_at timestamptz; -- when it was claimed, or what became of a bundle of it was stored last
-- What claims look for: of all items that there ever were, the few that are open, by destination.
DROP INDEX export_item_open;
CREATE INDEX export_item_open ON export_item (org_id, destination_id, due_at) WHERE status IN ('pending', 'running');

-- Whether nothing says that a destination answers: nothing was delivered there yet, the last try failed, or an item has been
-- on its way for too long without a word.
CREATE FUNCTION in_doubt(d destination, p_silent boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT d.answered_at IS NULL OR d.failing_since IS NOT NULL OR p_silent
$$;

-- How many items of a destination may be on their way at a time, over all nodes: one while it is in doubt, and where nothing
-- was delivered for a while; then what it has earned, up to the cap, its own or everybody's.
CREATE FUNCTION items_borne(d destination, p_silent boolean, p_cap int, p_silence interval) RETURNS int
    LANGUAGE sql VOLATILE
AS $$
    SELECT CASE WHEN in_doubt(d, p_silent) OR d.answered_at < clock_timestamp() - p_silence THEN 1
                ELSE least(d.pace, coalesce(CAST(d.settings ->> 'concurrency' AS int), p_cap)) END
$$;

-- Items that are due, of each destination no more at a time than it bears, the destination that has waited longest first,
-- none that asked to be left alone. Those in doubt have no more than p_in_doubt of the node's slots together; of these the ones
-- that have not failed yet come first. A manifest is due when all other items of its run have ended and one of them was
-- delivered; any other item when none of a lower rank is open. An item whose node died is taken over; after p_takeovers of
-- those it is the item that kills nodes, and fails.
DROP FUNCTION claim_items(text, int, int, interval, int);
CREATE FUNCTION claim_items(p_node text, p_free int, p_cap int, p_in_doubt int, p_silence interval, p_lease interval,
                            p_takeovers int)
    RETURNS TABLE (org_id text, id text, run_id text, destination_id text, destination_type text, revision int,
                   settings text, kind text, resource_type text, part int, from_source text, from_id text,
                   to_source text, to_id text, largest int, selected int, window_from text, window_to text,
                   attempts int, epoch int)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed  record;
    room      int;
    doubted   boolean;
    got       int;
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
        WITH part AS ( -- of a destination's open items, which are of one run, the few kinds that are claimed one after the other
            SELECT i.org_id, i.destination_id, i.rank, i.kind = 'manifest' AS last,
                   count(*) FILTER (WHERE h.held) AS running,
                   count(*) FILTER (WHERE h.held AND i.node = p_node) AS here,
                   bool_or(i.heard_at < c.now - p_silence) FILTER (WHERE h.held) AS silent,
                   min(i.due_at) FILTER (WHERE NOT h.held AND i.due_at <= c.now) AS since
              FROM (SELECT clock_timestamp() AS now) c
             CROSS JOIN export_item i
             CROSS JOIN LATERAL (SELECT i.status = 'running' AND i.lease_until > c.now AS held) h
             WHERE i.status IN ('pending', 'running')
             GROUP BY i.org_id, i.destination_id, i.rank, i.kind = 'manifest'
        ), place AS (
            SELECT p.org_id, p.destination_id, sum(p.running) AS running, sum(p.here) AS here,
                   coalesce(bool_or(p.silent), false) AS silent, (array_agg(p.since ORDER BY p.rank, p.last))[1] AS since
              FROM part p
             GROUP BY p.org_id, p.destination_id
        ), known AS (
            SELECT p.org_id, p.destination_id, p.here, p.since, in_doubt(d, p.silent) AS doubted,
                   d.failing_since IS NOT NULL AS failing,
                   p.since IS NOT NULL AND d.enabled AND (d.paused_until IS NULL OR d.paused_until <= clock_timestamp())
                   AND p.running < items_borne(d, p.silent, p_cap, p_silence) AS able
              FROM place p
              JOIN destination d ON d.org_id = p.org_id AND d.id = p.destination_id
        ), able AS (
            SELECT k.org_id, k.destination_id, k.since, k.doubted,
                   row_number() OVER (PARTITION BY k.doubted ORDER BY k.failing, k.since) AS turn
              FROM known k
             WHERE k.able
        )
        SELECT d.org_id, d.id, a.doubted
          FROM destination d
          JOIN able a ON a.org_id = d.org_id AND a.destination_id = d.id
         WHERE NOT a.doubted
            OR a.turn <= p_in_doubt - (SELECT coalesce(sum(k.here), 0) FROM known k WHERE k.doubted)
         ORDER BY a.since
           FOR NO KEY UPDATE OF d SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        SELECT least(items_borne(d, h.silent, p_cap, p_silence) - h.running, left_over), in_doubt(d, h.silent)
          INTO room, doubted
          FROM destination d
         CROSS JOIN LATERAL (
               SELECT count(*) AS running, coalesce(bool_or(i.heard_at < clock_timestamp() - p_silence), false) AS silent
                 FROM export_item i
                WHERE i.org_id = d.org_id AND i.destination_id = d.id
                  AND i.status = 'running' AND i.lease_until > clock_timestamp()) h
         WHERE d.org_id = rationed.org_id AND d.id = rationed.id;
        CONTINUE WHEN room <= 0 OR doubted AND NOT rationed.doubted;
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
               AND NOT EXISTS (SELECT 1 FROM export_item e
                                WHERE e.org_id = i.org_id AND e.run_id = i.run_id AND e.rank < i.rank
                                  AND e.status IN ('pending', 'running'))
             ORDER BY i.due_at, i.ordinal
             LIMIT room
               FOR UPDATE OF i SKIP LOCKED
        ), claimed AS (
            UPDATE export_item i
               SET status = 'running', node = p_node, epoch = i.epoch + 1, attempts = i.attempts + 1,
                   takeovers = i.takeovers + CASE WHEN i.status = 'running' THEN 1 ELSE 0 END,
                   first_tried_at = coalesce(i.first_tried_at, clock_timestamp()), heard_at = clock_timestamp(),
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

-- Runs to plan (queued, due, their destination enabled and without a running run; the window is taken here), runs to
-- settle (planned, no item open but a manifest that has nothing to list), and runs to cancel (asked to, nothing in flight).
-- Those of which objects are to be taken back wait where the destination asked to be left alone.
CREATE OR REPLACE FUNCTION claim_runs(p_node text, p_free int, p_lease interval)
    RETURNS TABLE (org_id text, id text, destination_id text, mode text, window_from text, window_to text, retry_of text,
                   epoch int, step text)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed   record;
    takes_back text;
    got        int;
    left_over  int := p_free;
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
    -- Objects are taken back at the destination, which may hang: of one run at a time, so that a slot is left for the others.
    SELECT r.id INTO takes_back
      FROM export_run r
      JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
                        AND (d.paused_until IS NULL OR d.paused_until <= clock_timestamp())
     WHERE r.status = 'running' AND r.cancel_requested AND (r.lease_until IS NULL OR r.lease_until <= clock_timestamp())
       AND EXISTS (SELECT 1 FROM export_item i WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.status = 'delivered')
       AND NOT EXISTS (SELECT 1 FROM export_item i
                        WHERE i.org_id = r.org_id AND i.run_id = r.id
                          AND i.status = 'running' AND i.lease_until > clock_timestamp())
       AND NOT EXISTS (SELECT 1 FROM export_run h
                        WHERE h.status = 'running' AND h.cancel_requested AND h.node = p_node
                          AND h.lease_until > clock_timestamp())
     ORDER BY coalesce(r.lease_until, r.started_at), r.id
     LIMIT 1;

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
           AND (NOT r.cancel_requested OR r.id = takes_back OR NOT EXISTS (
                    SELECT 1 FROM export_item i
                     WHERE i.org_id = r.org_id AND i.run_id = r.id AND i.status = 'delivered'))
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
