-- Patience with sources: what they ask to wait for and how often they may be asked stands in the database, so that all
-- nodes keep to it; and work is shared out fairly between sources, and between the pulls of one.

-- The pages that a task has read, so that a walk which leads back to one of them ends, whichever node goes on with it.
-- hash is the SHA-256 of the address. Rows go when the walk begins anew and when the pull ends.
CREATE TABLE task_page (
    org_id  text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    hash    bytea            NOT NULL,
    PRIMARY KEY (org_id, task_id, hash),
    FOREIGN KEY (org_id, task_id) REFERENCES pull_task (org_id, id) ON DELETE CASCADE
);

-- What claims look for: of all tasks that there ever were, the few that are open.
DROP INDEX pull_task_open;
CREATE INDEX pull_task_waiting ON pull_task (org_id, pull_id, phase, due_at, id) WHERE status = 'pending';
CREATE INDEX pull_task_running ON pull_task (org_id, source_id, pull_id) WHERE status = 'running';
CREATE INDEX pull_task_tried ON pull_task (org_id, source_id) WHERE status = 'pending' AND attempts > 0;
CREATE INDEX pull_running ON pull (org_id, source_id, id) WHERE status = 'running';

-- How many requests may be sent to a source now: none while it asks to wait; where it has a budget, what is left of that.
-- The budget is GCRA's: budget_at is when all requests so far would have been sent at an even pace, and the source bears
-- to be ahead of that pace by request_burst.
CREATE FUNCTION requests_left(s source) RETURNS int
    LANGUAGE sql VOLATILE
AS $$
    SELECT CASE WHEN s.hold_until > c.now THEN 0
                WHEN s.request_every IS NULL THEN 1000000
                ELSE greatest(0, floor(extract(epoch FROM c.now + s.request_burst * s.request_every - greatest(s.budget_at, c.now))
                                       / extract(epoch FROM s.request_every)))::int END
      FROM (SELECT clock_timestamp() AS now) c
$$;

-- When a source that cannot be asked now can be.
CREATE FUNCTION requests_from(s source) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT greatest(s.hold_until, s.budget_at - (s.request_burst - 1) * s.request_every)
$$;

-- Takes so many requests from a source's budget, where it has one.
CREATE FUNCTION spend_requests(p_org text, p_source text, p_requests int) RETURNS void
    LANGUAGE sql VOLATILE
AS $$
    UPDATE source SET budget_at = greatest(budget_at, clock_timestamp()) + p_requests * request_every
     WHERE org_id = p_org AND id = p_source AND request_every IS NOT NULL AND p_requests > 0
$$;

-- Leave for one request to a source: null where it may be sent now, and is then paid for; else when to ask again.
CREATE FUNCTION take_request(p_org text, p_source text) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    asked source;
BEGIN
    SELECT * INTO asked FROM source s WHERE s.org_id = p_org AND s.id = p_source;
    IF asked.request_every IS NOT NULL THEN -- two nodes must not take the same one
        SELECT * INTO asked FROM source s WHERE s.org_id = p_org AND s.id = p_source FOR NO KEY UPDATE;
    END IF;
    IF requests_left(asked) = 0 THEN
        RETURN requests_from(asked);
    END IF;
    PERFORM spend_requests(p_org, p_source, 1);
    RETURN NULL;
END
$$;

-- Pulls to settle (planned, no task open), then pulls to plan (queued, or a plan whose node died): of a source one at a
-- time, none while it cannot be asked, and a node that plans already keeps its last slot for settling.
CREATE OR REPLACE FUNCTION claim_pulls(p_node text, p_free int, p_lease interval)
    RETURNS TABLE (org_id text, id text, connection_id text, source_id text, patient_id text, fhir_base_url text,
                   source_key text, ids text, profile text, retry_of text, epoch int, attempts int, step text)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed  record;
    got       int;
    left_over int := p_free;
BEGIN
    IF p_free <= 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH due AS (
        SELECT p.org_id, p.id
          FROM pull p
         WHERE p.status = 'running' AND p.planned_at IS NOT NULL AND p.due_at <= clock_timestamp()
           AND (p.lease_until IS NULL OR p.lease_until <= clock_timestamp())
           AND NOT EXISTS (SELECT 1 FROM pull_task t
                            WHERE t.org_id = p.org_id AND t.pull_id = p.id AND t.status IN ('pending', 'running'))
         ORDER BY p.due_at
         LIMIT p_free
           FOR UPDATE OF p SKIP LOCKED
    ), claimed AS (
        UPDATE pull p
           SET node = p_node, epoch = p.epoch + 1, lease_until = clock_timestamp() + p_lease, attempts = p.attempts + 1
          FROM due
         WHERE p.org_id = due.org_id AND p.id = due.id
        RETURNING p.*
    )
    SELECT c.org_id, c.id, c.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids, s.profile, c.retry_of,
           c.epoch, c.attempts, 'settle'
      FROM claimed c
      JOIN connection n ON n.org_id = c.org_id AND n.id = c.connection_id
      JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
    GET DIAGNOSTICS got = ROW_COUNT;
    left_over := left_over - got;
    IF EXISTS (SELECT 1 FROM pull p
                WHERE p.status = 'running' AND p.planned_at IS NULL AND p.node = p_node
                  AND p.lease_until > clock_timestamp()) THEN
        left_over := left_over - 1;
    END IF;

    FOR rationed IN
        SELECT s.org_id, s.id
          FROM source s
          JOIN (SELECT p.org_id, p.source_id, min(p.due_at) AS since
                  FROM pull p
                 WHERE p.status IN ('queued', 'running') AND p.planned_at IS NULL AND p.due_at <= clock_timestamp()
                   AND (p.lease_until IS NULL OR p.lease_until <= clock_timestamp())
                 GROUP BY p.org_id, p.source_id) w ON w.org_id = s.org_id AND w.source_id = s.id
         WHERE requests_left(s) > 0
         ORDER BY w.since
           FOR NO KEY UPDATE OF s SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        CONTINUE WHEN EXISTS (SELECT 1 FROM pull p
                               WHERE p.org_id = rationed.org_id AND p.source_id = rationed.id AND p.status = 'running'
                                 AND p.planned_at IS NULL AND p.lease_until > clock_timestamp());
        RETURN QUERY
        WITH due AS (
            SELECT p.org_id, p.id
              FROM pull p
             WHERE p.org_id = rationed.org_id AND p.source_id = rationed.id
               AND p.status IN ('queued', 'running') AND p.planned_at IS NULL AND p.due_at <= clock_timestamp()
               AND (p.lease_until IS NULL OR p.lease_until <= clock_timestamp())
               AND (p.status = 'running'
                    OR NOT EXISTS (SELECT 1 FROM pull r
                                    WHERE r.org_id = p.org_id AND r.connection_id = p.connection_id
                                      AND r.status = 'running'))
             ORDER BY p.due_at, p.id
             LIMIT 1
               FOR UPDATE OF p SKIP LOCKED
        ), claimed AS (
            UPDATE pull p
               SET status = 'running', started_at = coalesce(p.started_at, clock_timestamp()), node = p_node,
                   epoch = p.epoch + 1, lease_until = clock_timestamp() + p_lease, attempts = p.attempts + 1
              FROM due
             WHERE p.org_id = due.org_id AND p.id = due.id
            RETURNING p.*
        )
        SELECT c.org_id, c.id, c.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids, s.profile,
               c.retry_of, c.epoch, c.attempts, 'plan'
          FROM claimed c
          JOIN connection n ON n.org_id = c.org_id AND n.id = c.connection_id
          JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        PERFORM spend_requests(rationed.org_id, rationed.id, got);
        left_over := left_over - got;
    END LOOP;
END
$$;

-- Tasks that are due and whose pull has nothing open in an earlier phase. A source gets as many at a time as it bears and
-- its budget allows, only one while what was asked of it last was not answered in time, and none while it asks to wait.
-- Who has least in hand comes first: of the sources, and of the pulls of a source (the fifty oldest that have something
-- due), so that thousands of tasks of one make no other wait. A claim pays for the first request of its tasks; those that
-- send many of their own take leave for each. A task whose node died is taken over; after p_takeovers of those it is the
-- task that kills nodes, and fails.
CREATE OR REPLACE FUNCTION claim_tasks(p_node text, p_free int, p_cap int, p_lease interval, p_takeovers int)
    RETURNS TABLE (org_id text, id text, pull_id text, connection_id text, source_id text, patient_id text,
                   fhir_base_url text, source_key text, ids text, profile text, kind text, phase int,
                   resource_type text, query text, full_walk boolean, next_url text, pages int, attempts int, epoch int)
    LANGUAGE plpgsql VOLATILE
AS $$
#variable_conflict use_column
DECLARE
    rationed  record;
    rest      int;
    room      int;
    got       int;
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
        WITH able AS (
            SELECT s.org_id, s.id, h.running,
                   CASE WHEN EXISTS (SELECT 1 FROM pull_task t
                                      WHERE t.org_id = s.org_id AND t.source_id = s.id AND t.status = 'pending'
                                        AND t.attempts > 0 AND t.error_code IN ('source_timeout', 'source_unreachable'))
                        THEN 1 ELSE least(p_cap, s.concurrency) END AS bears
              FROM source s
             CROSS JOIN LATERAL (
                   SELECT count(*) AS running
                     FROM pull_task t
                    WHERE t.org_id = s.org_id AND t.source_id = s.id AND t.status = 'running'
                      AND t.lease_until > clock_timestamp()) h
             WHERE requests_left(s) > 0
               AND (EXISTS (SELECT 1
                              FROM pull p
                              JOIN pull_task t ON t.org_id = p.org_id AND t.pull_id = p.id
                             WHERE p.org_id = s.org_id AND p.source_id = s.id AND p.status = 'running'
                               AND t.status = 'pending' AND t.due_at <= clock_timestamp())
                    OR EXISTS (SELECT 1
                                 FROM pull_task t
                                WHERE t.org_id = s.org_id AND t.source_id = s.id AND t.status = 'running'
                                  AND t.lease_until <= clock_timestamp()))
        )
        SELECT s.org_id, s.id, a.bears, (SELECT count(*) FROM able b WHERE b.running < b.bears) AS waiting
          FROM source s
          JOIN able a ON a.org_id = s.org_id AND a.id = s.id AND a.running < a.bears
         ORDER BY a.running, random()
           FOR NO KEY UPDATE OF s SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        rest := coalesce(rest, rationed.waiting);
        SELECT least(rationed.bears - count(*), ceil(left_over::numeric / rest),
                     (SELECT requests_left(s) FROM source s WHERE s.org_id = rationed.org_id AND s.id = rationed.id))
          INTO room
          FROM pull_task t
         WHERE t.org_id = rationed.org_id AND t.source_id = rationed.id
           AND t.status = 'running' AND t.lease_until > clock_timestamp();
        rest := greatest(1, rest - 1);
        CONTINUE WHEN room <= 0;
        RETURN QUERY
        WITH candidate AS (
            SELECT p.org_id, p.source_id, p.id AS pull_id, o.phase
              FROM pull p
             CROSS JOIN LATERAL (
                   SELECT least((SELECT min(t.phase) FROM pull_task t
                                  WHERE t.org_id = p.org_id AND t.pull_id = p.id AND t.status = 'pending'),
                                (SELECT min(t.phase) FROM pull_task t
                                  WHERE t.org_id = p.org_id AND t.source_id = p.source_id AND t.pull_id = p.id
                                    AND t.status = 'running')) AS phase) o
             WHERE p.org_id = rationed.org_id AND p.source_id = rationed.id AND p.status = 'running'
               AND (EXISTS (SELECT 1 FROM pull_task t
                             WHERE t.org_id = p.org_id AND t.pull_id = p.id AND t.phase = o.phase
                               AND t.status = 'pending' AND t.due_at <= clock_timestamp())
                    OR EXISTS (SELECT 1 FROM pull_task t
                                WHERE t.org_id = p.org_id AND t.source_id = p.source_id AND t.pull_id = p.id
                                  AND t.status = 'running' AND t.lease_until <= clock_timestamp()))
             ORDER BY p.id
             LIMIT 50
        ), turn AS (
            SELECT c.org_id, d.id,
                   row_number() OVER (PARTITION BY c.pull_id ORDER BY d.due_at, d.id)
                   + (SELECT count(*) FROM pull_task t
                       WHERE t.org_id = c.org_id AND t.source_id = c.source_id AND t.pull_id = c.pull_id
                         AND t.status = 'running' AND t.lease_until > clock_timestamp()) AS turn,
                   d.due_at
              FROM candidate c
             CROSS JOIN LATERAL (
                   (SELECT t.id, t.due_at FROM pull_task t
                     WHERE t.org_id = c.org_id AND t.pull_id = c.pull_id AND t.phase = c.phase
                       AND t.status = 'pending' AND t.due_at <= clock_timestamp()
                     ORDER BY t.due_at, t.id
                     LIMIT room)
                   UNION ALL
                   SELECT t.id, t.due_at FROM pull_task t
                    WHERE t.org_id = c.org_id AND t.source_id = c.source_id AND t.pull_id = c.pull_id
                      AND t.status = 'running' AND t.lease_until <= clock_timestamp()) d
             ORDER BY turn, d.due_at, d.id
             LIMIT room
        ), due AS (
            SELECT t.org_id, t.id
              FROM turn u
              JOIN pull_task t ON t.org_id = u.org_id AND t.id = u.id
             WHERE t.status = 'pending' OR t.status = 'running' AND t.lease_until <= clock_timestamp()
               FOR UPDATE OF t SKIP LOCKED
        ), claimed AS (
            UPDATE pull_task t
               SET status = 'running', node = p_node, epoch = t.epoch + 1, attempts = t.attempts + 1,
                   takeovers = t.takeovers + CASE WHEN t.status = 'running' THEN 1 ELSE 0 END,
                   lease_until = clock_timestamp() + p_lease
              FROM due
             WHERE t.org_id = due.org_id AND t.id = due.id
            RETURNING t.*
        ), paid AS MATERIALIZED (
            SELECT spend_requests(rationed.org_id, rationed.id,
                                  (SELECT count(*)::int FROM claimed WHERE kind NOT IN ('references', 'vanished')))
        )
        SELECT c.org_id, c.id, c.pull_id, p.connection_id, c.source_id, n.patient_id, s.fhir_base_url, s.key, s.ids,
               CASE s.profile WHEN 'auto' THEN coalesce(s.detected_profile, 'default') ELSE s.profile END,
               c.kind, c.phase, c.resource_type, c.query, c.full_walk, c.next_url, c.pages, c.attempts, c.epoch
          FROM claimed c
         CROSS JOIN paid
          JOIN pull p ON p.org_id = c.org_id AND p.id = c.pull_id
          JOIN connection n ON n.org_id = c.org_id AND n.id = p.connection_id
          JOIN source s ON s.org_id = c.org_id AND s.id = c.source_id;
        GET DIAGNOSTICS got = ROW_COUNT;
        left_over := left_over - got;
    END LOOP;
END
$$;
