-- Attachments: each its own task; and pulls that repeat what another was refused or failed at, and that do not all begin
-- at the same second.

-- What a connection's records keep as a Binary. A row is a record (holder) that names one, with the version that does:
-- the Binary is fetched once for it, and asked for again by the next pull until it has been.
CREATE TABLE attachment (
    org_id        text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    path          text COLLATE "C" NOT NULL, -- Binary/…, relative to the source's base: a task's query
    holder_type   text COLLATE "C" NOT NULL,
    holder_id     text COLLATE "C" NOT NULL, -- as it landed
    holder_hash   bytea            NOT NULL, -- of the version that names it: resource_record.content_hash
    binary_id     text COLLATE "C" NOT NULL, -- as the source spells it
    content_type  text,                      -- as the holder declares it
    size          bigint,                    -- in bytes, as the holder declares it
    fetched       boolean          NOT NULL DEFAULT false,
    left_out      text,                      -- the limits by which it is left out; it is asked for again if they change
    PRIMARY KEY (org_id, connection_id, path, holder_type, holder_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, id) ON DELETE CASCADE
);
CREATE INDEX attachment_due ON attachment (org_id, connection_id, path) WHERE NOT fetched;

-- Several records name the same Binary, on pages that land at the same time: a pull fetches it once.
CREATE UNIQUE INDEX pull_task_one_attachment ON pull_task (org_id, pull_id, query) WHERE kind = 'attachment';

-- When a connection is pulled next: never later than its source's interval says, and up to a tenth of it or an hour
-- earlier, so that connections made together do not stay together.
CREATE FUNCTION next_pull(every interval) RETURNS timestamptz
    LANGUAGE sql VOLATILE
AS $$
    SELECT now() + every - random() * least(every / 10, INTERVAL '1 hour')
$$;

CREATE INDEX pull_by_connection ON pull (org_id, connection_id, id);

-- Pulls that missed something that no later pull has brought, of a connection that can be pulled.
CREATE VIEW pull_retryable AS
SELECT p.org_id, p.id
  FROM pull p
  JOIN connection c ON c.org_id = p.org_id AND c.id = p.connection_id AND c.status = 'active'
 WHERE p.status IN ('partial', 'failed', 'cancelled')
   AND NOT EXISTS (SELECT 1 FROM pull l
                    WHERE l.org_id = p.org_id AND l.connection_id = p.connection_id AND l.id > p.id
                      AND l.status = 'completed' AND (l.retry_of IS NULL OR l.retry_of = p.id));
