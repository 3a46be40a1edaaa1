-- Tokens of connections: what of a grant is missing, and what is wrong with it.

ALTER TABLE connection
    ADD COLUMN requested_scope text,
    ADD COLUMN missing_scopes  text[] NOT NULL DEFAULT '{}', -- requested, or granted earlier, and not granted now
    -- Why it is refresh_failed; of an active one, why its token endpoint gives no token for the time being.
    ADD COLUMN error_code      text,
    ADD COLUMN error_message   text,
    ADD COLUMN error_since     timestamptz,
    ADD COLUMN token_tries     int    NOT NULL DEFAULT 0,    -- in vain, since the last token
    ADD COLUMN token_due_at    timestamptz;                  -- its token endpoint is not asked before
