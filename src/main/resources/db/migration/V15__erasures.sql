-- A patient is erased: records are blanked, their deletion is delivered, then their rows go; a receipt stays.

-- Of an erased connection nothing says whose it was: the same patient connects anew.
ALTER TABLE connection
    ALTER COLUMN patient_id DROP NOT NULL,
    ADD COLUMN erased_at timestamptz,
    ADD CHECK (patient_id IS NOT NULL OR erased_at IS NOT NULL);

ALTER TABLE resource_record
    ADD COLUMN first_xid xid8 NOT NULL DEFAULT '3',  -- landed first: no window that does not see it held any version
    ADD COLUMN erased_by text COLLATE "C";           -- the connection whose erasure blanked it; null again if it returns
ALTER TABLE resource_record ALTER COLUMN first_xid SET DEFAULT pg_current_xact_id();
CREATE INDEX resource_record_erased ON resource_record (org_id, erased_by) WHERE erased_by IS NOT NULL;

CREATE TABLE erasure (
    org_id        text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    erased_at     timestamptz      NOT NULL DEFAULT now(),
    erased_xid    xid8             NOT NULL DEFAULT pg_current_xact_id(), -- a watermark that sees it covers the deletions
    PRIMARY KEY (org_id, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, id) ON DELETE CASCADE
);

CREATE TABLE erasure_type (
    org_id        text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    type          text COLLATE "C" NOT NULL,
    erased        int              NOT NULL,
    kept          int              NOT NULL, -- for another connection sees them
    PRIMARY KEY (org_id, connection_id, type),
    FOREIGN KEY (org_id, connection_id) REFERENCES erasure (org_id, connection_id) ON DELETE CASCADE
);

-- Objects that may hold what was erased. They outlive destinations and runs, and so do these rows; of an item that was
-- under way, key and time are those that it came to.
CREATE TABLE erasure_object (
    org_id           text COLLATE "C" NOT NULL,
    connection_id    text COLLATE "C" NOT NULL,
    item_id          text COLLATE "C" NOT NULL,
    run_id           text COLLATE "C" NOT NULL,
    destination_id   text COLLATE "C" NOT NULL,
    destination_name text             NOT NULL,
    object_key       text,
    delivered_at     timestamptz,
    PRIMARY KEY (org_id, connection_id, item_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES erasure (org_id, connection_id) ON DELETE CASCADE
);

-- Key ranges that will be read, or may be again: of a run under way, and what failed and can still be retried.
CREATE VIEW open_range AS
SELECT g.org_id, g.item_id, g.status, g.resource_type, g.from_source, g.from_id, g.to_source, g.to_id, g.deleted,
       w.destination_id, w.window_from, w.window_to
  FROM export_run w
  JOIN export_range g ON g.org_id = w.org_id AND g.run_id = w.id
 WHERE (w.status = 'running' AND g.status <> 'delivered')
    OR (g.status = 'failed' AND (w.status = 'partial' OR (w.status = 'failed' AND w.mode = 'items'))
        AND (g.resolved_by IS NULL
             OR EXISTS (SELECT 1 FROM export_run s
                         WHERE s.org_id = g.org_id AND s.id = g.resolved_by AND s.status IN ('queued', 'running'))));

-- What a destination has been sent. One that has nothing, and is not being served, is owed no deletion: what it gets
-- first is a first backfill.
CREATE VIEW destination_served AS
SELECT d.org_id, d.id, d.name, d.enabled, d.watermark,
       CAST(d.watermark AS text) = '3:3:'
           AND NOT EXISTS (SELECT 1 FROM export_run w
                            WHERE w.org_id = d.org_id AND w.destination_id = d.id AND w.status = 'running') AS has_nothing
  FROM destination d;
