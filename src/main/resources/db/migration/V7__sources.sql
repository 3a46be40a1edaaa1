-- What a pull needs to survive real sources: the source's profile and its limits, and waiting that all nodes share.

ALTER TABLE source
    ADD COLUMN detected_profile text,        -- found in the CapabilityStatement, where profile is 'auto'
    ADD COLUMN concurrency      int,         -- tasks at once, over all nodes; null: as caravan.pull.per-source says
    ADD COLUMN request_every    interval,    -- the rate budget, shared by all nodes; null: none
    ADD COLUMN request_burst    int NOT NULL DEFAULT 1,
    ADD COLUMN budget_at        timestamptz, -- when the next request of the budget is due (GCRA)
    ADD COLUMN hold_until       timestamptz, -- the source asked to wait: nothing is asked of it before
    ADD COLUMN hold_reason      text;

ALTER TABLE pull ADD COLUMN retry_of text COLLATE "C"; -- whose refused and failed queries it repeats

-- phase 0 is Patient/{id}, 1 the searches, 2 the references they name, 3 attachments, 4 what has vanished
ALTER TABLE pull_task DROP CONSTRAINT pull_task_kind_check;
ALTER TABLE pull_task
    ADD CHECK (kind IN ('read', 'search', 'references', 'attachment', 'vanished')),
    ADD COLUMN full_walk boolean NOT NULL DEFAULT false, -- a search without _lastUpdated: what it does not show may be gone
    ADD COLUMN deleted   int     NOT NULL DEFAULT 0;

-- The id at the source, to read the record again; id is made from it and cannot always be undone.
ALTER TABLE resource_record ADD COLUMN original_id text COLLATE "C";
UPDATE resource_record r
   SET original_id = CASE WHEN s.ids = 'original' THEN r.id
                          WHEN r.id ~ ('^' || s.key || '-h[0-9a-f]{40}$')
                          THEN substring(r.content FROM '"source":"[^"]*/([^"/]+)"')
                          ELSE substr(r.id, length(s.key) + 2) END
  FROM source s
 WHERE s.org_id = r.org_id AND s.id = r.source_id AND NOT r.deleted;

DROP FUNCTION claim_pulls(text, int, interval);
DROP FUNCTION claim_tasks(text, int, int, interval, int);

-- Pulls to plan (queued and due, their source not asking to wait, or a plan whose node died) and pulls to settle
-- (planned, no task open).
CREATE FUNCTION claim_pulls(p_node text, p_free int, p_lease interval)
    RETURNS TABLE (org_id text, id text, connection_id text, source_id text, patient_id text, fhir_base_url text,
                   source_key text, ids text, profile text, retry_of text, epoch int, attempts int, step text)
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
                                 WHERE r.org_id = p.org_id AND r.connection_id = p.connection_id AND r.status = 'running')
                AND NOT EXISTS (SELECT 1 FROM source s
                                 WHERE s.org_id = p.org_id AND s.id = p.source_id AND s.hold_until > clock_timestamp()))
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
        RETURNING p.org_id, p.id, p.connection_id, p.source_id, p.retry_of, p.epoch, p.attempts, due.step
    )
    SELECT c.org_id, c.id, c.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids,
           s.profile, c.retry_of, c.epoch, c.attempts, c.step
      FROM claimed c
      JOIN connection n ON n.org_id = c.org_id AND n.id = c.connection_id
      JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
END
$$;

-- Tasks that are due and whose pull has nothing open in an earlier phase; at most as many of a source at a time as it
-- bears, and none while it asks to wait. A task whose node died is taken over; after p_takeovers of those it is the task
-- that kills nodes, and fails.
CREATE FUNCTION claim_tasks(p_node text, p_free int, p_cap int, p_lease interval, p_takeovers int)
    RETURNS TABLE (org_id text, id text, pull_id text, connection_id text, source_id text, patient_id text,
                   fhir_base_url text, source_key text, ids text, profile text, kind text, phase int,
                   resource_type text, query text, full_walk boolean, next_url text, pages int, attempts int, epoch int)
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
        SELECT s.org_id, s.id, least(p_cap, s.concurrency) AS cap
          FROM source s
          JOIN waiting w ON w.org_id = s.org_id AND w.source_id = s.id
         WHERE s.hold_until IS NULL OR s.hold_until <= clock_timestamp()
         ORDER BY w.since
           FOR NO KEY UPDATE OF s SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        SELECT least(rationed.cap - count(*), left_over) INTO room
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
               CASE s.profile WHEN 'auto' THEN coalesce(s.detected_profile, 'default') ELSE s.profile END,
               c.kind, c.phase, c.resource_type, c.query, c.full_walk, c.next_url, c.pages, c.attempts, c.epoch
          FROM claimed c
          JOIN pull p ON p.org_id = c.org_id AND p.id = c.pull_id
          JOIN connection n ON n.org_id = c.org_id AND n.id = p.connection_id
          JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;
