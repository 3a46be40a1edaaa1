-- What Caravan knows: tenants, sources, connections, records, destinations.
-- Every table leads with org_id: no data query spans organizations.
-- Ids are prefixed UUIDv7 (product.md § 1): opaque, sortable by time.

-- The application's role owns nothing; it may read and write what the owner makes here and later.
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app_role};
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO ${app_role};

CREATE FUNCTION new_id(prefix text) RETURNS text
    LANGUAGE sql VOLATILE
AS $$
    SELECT prefix || '_'
        || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
        || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)
$$;

CREATE TABLE organization (
    id         text COLLATE "C" PRIMARY KEY,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- People who sign in on the dashboard. The first one is the operator, made at first start.
CREATE TABLE account (
    name          text COLLATE "C" PRIMARY KEY,
    org_id        text COLLATE "C" REFERENCES organization ON DELETE CASCADE, -- null: valid everywhere
    role          text        NOT NULL CHECK (role IN ('viewer', 'manager', 'operator')),
    password_hash text        NOT NULL, -- bcrypt
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
    id          text COLLATE "C" PRIMARY KEY,
    org_id      text COLLATE "C" REFERENCES organization ON DELETE CASCADE, -- null: the operator's, valid everywhere
    name        text        NOT NULL,
    role        text        NOT NULL CHECK (role IN ('viewer', 'manager', 'operator')),
    secret_hash bytea       NOT NULL UNIQUE, -- SHA-256 of a 256-bit random secret
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);
CREATE INDEX api_key_by_org ON api_key (org_id, id);

CREATE TABLE source (
    org_id        text COLLATE "C" NOT NULL REFERENCES organization ON DELETE CASCADE,
    id            text COLLATE "C" NOT NULL,
    name          text             NOT NULL,
    fhir_base_url text             NOT NULL, -- without a trailing slash
    key           text COLLATE "C" NOT NULL CHECK (key ~ '^[a-z][a-z0-9]{1,11}$'),
    ids           text             NOT NULL CHECK (ids IN ('original', 'scoped')),
    profile       text             NOT NULL DEFAULT 'auto',
    pull_every    interval         NOT NULL,
    created_at    timestamptz      NOT NULL DEFAULT now(),
    updated_at    timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, key)
);
-- Two sources can use the same id for two people: only one of an organization keeps its ids.
CREATE UNIQUE INDEX source_one_original ON source (org_id) WHERE ids = 'original';

CREATE TABLE connection (
    org_id             text COLLATE "C" NOT NULL REFERENCES organization ON DELETE CASCADE,
    id                 text COLLATE "C" NOT NULL,
    source_id          text COLLATE "C" NOT NULL,
    patient_id         text COLLATE "C" NOT NULL, -- as the source spells it
    scope              text,
    status             text             NOT NULL DEFAULT 'active'
                       CHECK (status IN ('active', 'refresh_failed', 'disconnected')),
    credentials_sealed bytea,                     -- null: an open source
    credentials_set    text[]           NOT NULL DEFAULT '{}',
    credentials_at     timestamptz,
    revision           int              NOT NULL DEFAULT 1, -- raised when the credentials change
    next_pull_at       timestamptz,
    created_at         timestamptz      NOT NULL DEFAULT now(),
    updated_at         timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, source_id, patient_id),
    FOREIGN KEY (org_id, source_id) REFERENCES source (org_id, id)
);
CREATE INDEX connection_due ON connection (next_pull_at) WHERE status = 'active';

-- The newest version of each resource. content is the line that leaves, byte for byte: text, never jsonb.
-- changed_xid is the transaction that wrote this version: windows between snapshots select by it.
CREATE TABLE resource_record (
    org_id       text COLLATE "C" NOT NULL,
    type         text COLLATE "C" NOT NULL,
    source_id    text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL, -- scoped where the source is
    patient_id   text COLLATE "C",          -- of the connection, in the same form; null where no patient owns it
    content      text             NOT NULL,
    content_hash bytea            NOT NULL, -- SHA-256 of content
    bytes        int              NOT NULL, -- of content in UTF-8
    last_updated timestamptz,               -- meta.lastUpdated, where the source gives it
    changed_xid  xid8             NOT NULL DEFAULT pg_current_xact_id(),
    changed_at   timestamptz      NOT NULL DEFAULT now(),
    deleted      boolean          NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, type, source_id, id)
);
CREATE INDEX resource_record_changed ON resource_record (org_id, changed_xid);

-- Which connections see a record. Written once; a record lives until no connection sees it.
CREATE TABLE record_sighting (
    org_id        text COLLATE "C" NOT NULL,
    type          text COLLATE "C" NOT NULL,
    source_id     text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    connection_id text COLLATE "C" NOT NULL,
    first_pull_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, type, source_id, id, connection_id)
);
CREATE INDEX record_sighting_by_connection ON record_sighting (org_id, connection_id);

CREATE TABLE destination (
    org_id             text COLLATE "C" NOT NULL REFERENCES organization ON DELETE CASCADE,
    id                 text COLLATE "C" NOT NULL,
    name               text             NOT NULL,
    type               text             NOT NULL CHECK (type IN ('fhir', 'object_storage')),
    settings           jsonb            NOT NULL,
    credentials_sealed bytea,
    credentials_set    text[]           NOT NULL DEFAULT '{}',
    credentials_at     timestamptz,
    revision           int              NOT NULL DEFAULT 1, -- raised when settings or credentials change: clients are named by it
    enabled            boolean          NOT NULL DEFAULT true,
    -- Everything visible in this snapshot has been delivered or stands in a failed item. Nothing is visible in '3:3:'.
    watermark          pg_snapshot      NOT NULL DEFAULT '3:3:',
    last_exported_at   timestamptz,
    created_at         timestamptz      NOT NULL DEFAULT now(),
    updated_at         timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, name)
);
