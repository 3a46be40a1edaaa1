-- Who did what, when, to which, and what came of it. Entries are only ever added; no entry holds patient data or a secret.
-- An entry is there before what it tells of is tried, its outcome after: one without an outcome is of a node that died.
CREATE TABLE audit_entry (
    id         text COLLATE "C" PRIMARY KEY,
    org_id     text COLLATE "C", -- no reference: what happened in an organization outlives it; null: of none
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    caller     text        NOT NULL, -- an API key's id, or a person's name
    action     text        NOT NULL, -- the operationId of the contract
    target     text        NOT NULL, -- the id it was done to; '': it was done to none in particular
    request_id text        NOT NULL
);
CREATE INDEX audit_entry_by_org ON audit_entry (org_id, id);
CREATE INDEX audit_entry_by_caller ON audit_entry (caller, action, target, at);

CREATE TABLE audit_outcome (
    entry_id text COLLATE "C" PRIMARY KEY REFERENCES audit_entry,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    status   int         NOT NULL, -- of the HTTP answer
    made     text -- the id of what was made by it; null: nothing was
);

CREATE FUNCTION refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to';
END
$$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_outcome_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_outcome
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_outcome FROM ${app_role};
