-- Attachments: what records keep at their source as a Binary, each fetched as a task of its own.

-- A row is a record (holder) that names a Binary, with the version of it that does. Each version has it fetched once; until
-- that is done, the next pull of the connection asks for it again. Rows whose holder has another version by now, or is
-- gone, count for nothing, and go when a pull plans its attachments.
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
    status        text             NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'fetched', 'left_out')),
    left_out_by   text,                      -- the limits that left it out; it is asked for again where they change
    planned_at    timestamptz,               -- when a pull planned it last: those that none has planned come first
    PRIMARY KEY (org_id, connection_id, path, holder_type, holder_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, id) ON DELETE CASCADE
);
CREATE INDEX attachment_open ON attachment (org_id, connection_id, path) WHERE status <> 'fetched';

-- Several records may name the same Binary, and a plan that was interrupted is made again: a pull fetches each once.
CREATE UNIQUE INDEX pull_task_one_attachment ON pull_task (org_id, pull_id, query) WHERE kind = 'attachment';
