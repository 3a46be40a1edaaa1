-- What POSTs with an Idempotency-Key were answered, for a day: asked again, they are answered the same.
CREATE TABLE kept_answer (
    caller      text COLLATE "C" NOT NULL, -- an API key's id, or a person with the organization they sign in to
    key         text COLLATE "C" NOT NULL, -- as the caller made it up
    org_id      text COLLATE "C" REFERENCES organization ON DELETE CASCADE, -- null: of none
    path        text        NOT NULL,
    request     bytea       NOT NULL, -- SHA-256 of method, path, query and body
    taken_by    text        NOT NULL, -- the request that is being answered, or was
    taken_until timestamptz NOT NULL, -- after that it is taken to have died
    created_at  timestamptz NOT NULL DEFAULT now(),
    status      int, -- null: under way
    media_type  text,
    location    text,
    etag        text,
    body        text,
    PRIMARY KEY (caller, key)
);
CREATE INDEX kept_answer_by_age ON kept_answer (created_at);
CREATE INDEX kept_answer_by_org ON kept_answer (org_id);
