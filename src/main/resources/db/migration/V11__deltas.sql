-- Pulls that ask only for what has changed: how far each query of a connection has come.

ALTER TABLE connection
    ADD COLUMN grant_version int NOT NULL DEFAULT 1; -- raised by a new grant or address: what was out of reach may be old

ALTER TABLE pull
    ADD COLUMN full_walk     boolean NOT NULL DEFAULT false, -- somebody asked for everything
    ADD COLUMN grant_version int,                            -- of the connection, when the pull was planned
    ADD COLUMN asks_from     timestamptz;                    -- its start, by whichever clock is behind: ours or the source's

ALTER TABLE pull_task
    ADD COLUMN query_key text COLLATE "C"; -- what of the query stays the same from pull to pull; null: no search

-- Written with the last page of a query: the next pull asks for what has changed since asks_from, less an overlap.
CREATE TABLE query_cursor (
    org_id        text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    query_key     text COLLATE "C" NOT NULL,
    asks_from     timestamptz      NOT NULL, -- never later than the start of the pull that wrote it
    walked_at     timestamptz      NOT NULL, -- when its last walk of everything began
    grant_version int              NOT NULL,
    PRIMARY KEY (org_id, connection_id, query_key),
    FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, id) ON DELETE CASCADE
);
