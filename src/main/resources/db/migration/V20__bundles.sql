-- Delivery to FHIR servers: an item is a key range that is sent in bundles, and knows how far it has come.

-- How a server wants to be written to is learned on the way.
ALTER TABLE destination
    ADD COLUMN paused_until    timestamptz, -- it asked to be left alone until then: nothing is sent before
    ADD COLUMN learned_entries int,         -- what it takes in a bundle, where it refused more
    ADD COLUMN learned_bytes   bigint;

-- bundles: records of a type, put; deleted: tombstones, to a FHIR server in bundles, too. repeats: what of the run waits for
-- something that it refers to. An item is claimed when none of a lower rank of its run is open.
ALTER TABLE export_item DROP CONSTRAINT export_item_kind_check;
ALTER TABLE export_item
    ADD CHECK (kind IN ('file', 'archive', 'deleted', 'manifest', 'bundles', 'repeats')),
    ADD COLUMN rank        int              NOT NULL DEFAULT 0,
    ADD COLUMN done_source text COLLATE "C" NOT NULL DEFAULT '', -- up to this key, this one included, all has been sent
    ADD COLUMN done_id     text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN rejected    int              NOT NULL DEFAULT 0;  -- refused one by one, and not to be sent again in this run
CREATE INDEX export_item_open_rank ON export_item (org_id, run_id, rank) WHERE status IN ('pending', 'running');

-- What was sent and is not there: refused for now, waiting for what it refers to, or rejected.
CREATE TABLE export_leftover (
    org_id    text COLLATE "C" NOT NULL,
    run_id    text COLLATE "C" NOT NULL,
    item_id   text COLLATE "C" NOT NULL,
    rank      int              NOT NULL, -- of its item
    type      text COLLATE "C" NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    state     text             NOT NULL CHECK (state IN ('again', 'waiting', 'rejected')),
    status    int,                       -- HTTP; null: not sent in this run yet
    words     text,                      -- what the server said, in one line
    outcome   text,                      -- the OperationOutcome as the server gave it, within bounds
    epoch     int              NOT NULL DEFAULT 0, -- of the claim that sent it last: it sends each once
    first_at  timestamptz      NOT NULL DEFAULT clock_timestamp(),
    last_at   timestamptz      NOT NULL DEFAULT clock_timestamp(),
    number    bigint           GENERATED ALWAYS AS IDENTITY, -- in the order in which lists show them
    PRIMARY KEY (org_id, item_id, source_id, id),
    FOREIGN KEY (org_id, item_id) REFERENCES export_item (org_id, id) ON DELETE CASCADE
);
CREATE INDEX export_leftover_by_run ON export_leftover (org_id, run_id, state, rank, type, source_id, id);
CREATE INDEX export_leftover_numbered ON export_leftover (org_id, run_id, number) WHERE state = 'rejected';

-- Every key range of a run, whether it is a file of its own or an entry of an archive; deleted: of tombstones.
CREATE OR REPLACE VIEW export_range AS
SELECT i.org_id, i.run_id, i.id AS item_id, i.status, i.bytes, i.resource_type, i.part, i.from_source, i.from_id,
       i.to_source, i.to_id, i.selected, i.delivered, i.superseded, i.kind = 'deleted' AS deleted, 0 AS ordinal,
       i.largest, i.resolved_by, i.done_source, i.done_id, i.rejected
  FROM export_item i
 WHERE i.kind NOT IN ('archive', 'manifest', 'repeats')
UNION ALL
SELECT i.org_id, i.run_id, i.id, i.status, 0, e.resource_type, e.part, e.from_source, e.from_id, e.to_source, e.to_id,
       e.selected, e.delivered, e.superseded, false, e.ordinal, e.largest, i.resolved_by, '', '', 0
  FROM export_item i
  JOIN export_entry e ON e.org_id = i.org_id AND e.item_id = i.id
 WHERE i.kind = 'archive';

-- Items that are due, at most p_cap of a destination at a time or what it names itself, the destination that has waited
-- longest first, none that asked to be left alone. A manifest is due when all other items of its run have ended and one of
-- them was delivered; any other item when none of a lower rank is open. An item whose node died is taken over; after
-- p_takeovers of those it is the item that kills nodes, and fails.
CREATE OR REPLACE FUNCTION claim_items(p_node text, p_free int, p_cap int, p_lease interval, p_takeovers int)
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
        SELECT d.org_id, d.id, coalesce(CAST(d.settings ->> 'concurrency' AS int), p_cap) AS cap
          FROM destination d
          JOIN waiting w ON w.org_id = d.org_id AND w.destination_id = d.id
         WHERE d.enabled
           AND (d.paused_until IS NULL OR d.paused_until <= clock_timestamp())
         ORDER BY w.since
           FOR NO KEY UPDATE OF d SKIP LOCKED
    LOOP
        EXIT WHEN left_over <= 0;
        SELECT least(rationed.cap - count(*), left_over) INTO room
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
