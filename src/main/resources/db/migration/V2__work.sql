-- Work in PostgreSQL: a row is the work and the queue at once (architecture.md § 3).
-- Leases: a claim raises epoch and sets lease_until by the database's clock; every later write says WHERE epoch = …;
-- a lease that ran out makes the row claimable by any node. Every wait longer than a second is due_at.

CREATE TABLE pull (
    org_id        text COLLATE "C" NOT NULL REFERENCES organization ON DELETE CASCADE,
    id            text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    source_id     text COLLATE "C" NOT NULL,
    trigger       text             NOT NULL CHECK (trigger IN ('connected', 'scheduled', 'manual', 'retry')),
    status        text             NOT NULL DEFAULT 'queued'
                  CHECK (status IN ('queued', 'running', 'completed', 'partial', 'failed', 'cancelled')),
    queued_at     timestamptz      NOT NULL DEFAULT now(),
    due_at        timestamptz      NOT NULL DEFAULT now(),
    started_at    timestamptz,
    planned_at    timestamptz,              -- its tasks exist since then
    completed_at  timestamptz,
    settled_xid   xid8,                     -- a window that sees it sees everything the pull landed
    node          text,
    epoch         int              NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    attempts      int              NOT NULL DEFAULT 0,
    error_code    text,
    error_message text,
    warnings      jsonb            NOT NULL DEFAULT '[]',
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES connection (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX pull_one_queued ON pull (org_id, connection_id) WHERE status = 'queued';
CREATE UNIQUE INDEX pull_one_running ON pull (org_id, connection_id) WHERE status = 'running';
CREATE INDEX pull_open ON pull (due_at) WHERE status IN ('queued', 'running');
CREATE INDEX pull_settled ON pull (org_id, settled_xid);

-- One query of a pull's plan. phase 0 is Patient/{id}, 1 the searches, 2 the references they name.
CREATE TABLE pull_task (
    org_id        text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    pull_id       text COLLATE "C" NOT NULL,
    source_id     text COLLATE "C" NOT NULL,
    phase         int              NOT NULL,
    kind          text             NOT NULL CHECK (kind IN ('read', 'search', 'references')),
    resource_type text COLLATE "C" NOT NULL, -- '*' for references
    query         text             NOT NULL, -- relative to the source's base
    next_url      text,                      -- the page to fetch next, absolute, as the source sent it; null: query itself
    status        text             NOT NULL DEFAULT 'pending'
                  CHECK (status IN ('pending', 'running', 'done', 'unsupported', 'refused', 'failed')),
    due_at        timestamptz      NOT NULL DEFAULT now(),
    node          text,
    epoch         int              NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    attempts      int              NOT NULL DEFAULT 0, -- since the last page that landed
    takeovers     int              NOT NULL DEFAULT 0,
    restarted     boolean          NOT NULL DEFAULT false, -- from page one, after its paging expired; once
    pages         int              NOT NULL DEFAULT 0,
    seen          int              NOT NULL DEFAULT 0,
    created       int              NOT NULL DEFAULT 0,
    changed       int              NOT NULL DEFAULT 0,
    unchanged     int              NOT NULL DEFAULT 0,
    error_code    text,
    error_message text,
    warnings      jsonb            NOT NULL DEFAULT '[]',
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, pull_id) REFERENCES pull (org_id, id) ON DELETE CASCADE
);
CREATE INDEX pull_task_by_pull ON pull_task (org_id, pull_id, phase);
CREATE INDEX pull_task_open ON pull_task (due_at) WHERE status IN ('pending', 'running');

-- Resources that landed ones refer to and that no search returns: each id is read once in a pull.
CREATE TABLE pull_reference (
    org_id  text COLLATE "C" NOT NULL,
    pull_id text COLLATE "C" NOT NULL,
    type    text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL, -- as the source spells it
    status  text             NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'missing')),
    PRIMARY KEY (org_id, pull_id, type, id),
    FOREIGN KEY (org_id, pull_id) REFERENCES pull (org_id, id) ON DELETE CASCADE
);
CREATE INDEX pull_reference_pending ON pull_reference (org_id, pull_id) WHERE status = 'pending';

CREATE TABLE export_run (
    org_id             text COLLATE "C" NOT NULL REFERENCES organization ON DELETE CASCADE,
    id                 text COLLATE "C" NOT NULL,
    destination_id     text COLLATE "C" NOT NULL,
    trigger            text             NOT NULL CHECK (trigger IN ('destination_added', 'pull_completed',
                           'destination_reactivated', 'manual_retry', 'auto_retry', 'manual')),
    -- delta: from the watermark; full: everything; items: the failed items of retry_of, in their own window
    mode               text             NOT NULL CHECK (mode IN ('delta', 'full', 'items')),
    status             text             NOT NULL DEFAULT 'queued'
                       CHECK (status IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled')),
    queued_at          timestamptz      NOT NULL DEFAULT now(),
    due_at             timestamptz      NOT NULL DEFAULT now(), -- a queued delta run waits a quiet period
    started_at         timestamptz,
    planned_at         timestamptz,     -- its items exist since then
    completed_at       timestamptz,
    window_from        pg_snapshot,
    window_to          pg_snapshot,
    settings           jsonb,           -- the destination's as the run started: all its objects lie in one place
    patients_selected  int              NOT NULL DEFAULT 0,
    patients_delivered int              NOT NULL DEFAULT 0,
    patients_failed    int              NOT NULL DEFAULT 0,
    error_code         text,
    error_message      text,
    retry_of           text COLLATE "C",
    resolved_by        text COLLATE "C", -- the run that delivered what failed here
    cancel_requested   boolean          NOT NULL DEFAULT false, -- ends as cancelled after the items in flight
    node               text,
    epoch              int              NOT NULL DEFAULT 0,
    lease_until        timestamptz,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, destination_id) REFERENCES destination (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX export_run_one_running ON export_run (org_id, destination_id) WHERE status = 'running';
CREATE UNIQUE INDEX export_run_one_queued_delta ON export_run (org_id, destination_id)
    WHERE status = 'queued' AND mode = 'delta';
CREATE INDEX export_run_open ON export_run (due_at) WHERE status IN ('queued', 'running');
CREATE INDEX export_run_history ON export_run (org_id, destination_id, id DESC);

-- One unit of delivery. A file covers the records of one type from (from_source, from_id) to (to_source, to_id)
-- that changed in the run's window; the manifest is the run's last item.
CREATE TABLE export_item (
    org_id         text COLLATE "C" NOT NULL,
    id             text COLLATE "C" NOT NULL,
    run_id         text COLLATE "C" NOT NULL,
    destination_id text COLLATE "C" NOT NULL,
    ordinal        int              NOT NULL,
    kind           text             NOT NULL CHECK (kind IN ('file', 'manifest')),
    resource_type  text COLLATE "C",
    part           int,
    from_source    text COLLATE "C",
    from_id        text COLLATE "C",
    to_source      text COLLATE "C",
    to_id          text COLLATE "C",
    largest        int              NOT NULL DEFAULT 0, -- bytes of its largest record: sizes the cursor's fetch
    selected       int              NOT NULL DEFAULT 0,
    delivered      int              NOT NULL DEFAULT 0,
    superseded     int              NOT NULL DEFAULT 0,
    status         text             NOT NULL DEFAULT 'pending'
                   CHECK (status IN ('pending', 'running', 'delivered', 'failed')),
    due_at         timestamptz      NOT NULL DEFAULT now(),
    node           text,
    epoch          int              NOT NULL DEFAULT 0,
    lease_until    timestamptz,
    attempts       int              NOT NULL DEFAULT 0,
    takeovers      int              NOT NULL DEFAULT 0,
    first_tried_at timestamptz,
    bytes          bigint           NOT NULL DEFAULT 0,
    sha256         text,
    etag           text,             -- as the store answered the upload: compared once more before the manifest
    object_key     text,
    delivered_at   timestamptz,
    error_code     text,
    error_message  text,
    resolved_by    text COLLATE "C", -- the retry run that carries it now
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, run_id, ordinal),
    FOREIGN KEY (org_id, run_id) REFERENCES export_run (org_id, id) ON DELETE CASCADE
);
CREATE INDEX export_item_open ON export_item (due_at) WHERE status IN ('pending', 'running');
CREATE INDEX export_item_running ON export_item (org_id, destination_id) WHERE status = 'running';
