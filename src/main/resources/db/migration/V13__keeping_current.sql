-- References in bounded rounds; and what a pull was shown, to find out what has vanished.

ALTER TABLE pull_reference
    ADD COLUMN record_id text COLLATE "C",               -- the id that it lands under
    ADD COLUMN round     int     NOT NULL DEFAULT 1,     -- 1: named by what a search showed; 2: by what round 1 read; …
    ADD COLUMN result    boolean NOT NULL DEFAULT false, -- of a report: searches show it, too, and then it is not read
    DROP CONSTRAINT pull_reference_status_check,
    ADD CHECK (status IN ('pending', 'done', 'there', 'missing', 'refused', 'other_patient', 'unreadable', 'failed'));
DROP INDEX pull_reference_pending;
CREATE INDEX pull_reference_pending ON pull_reference (org_id, pull_id, round, type, id) WHERE status = 'pending';

ALTER TABLE pull_task
    ADD COLUMN shows_all boolean NOT NULL DEFAULT true; -- false once its source has hinted that a page may not be all

-- What the walks of a pull have shown: of each page one row a type, so that it costs a page next to nothing. They are
-- of use until the pull ends.
CREATE TABLE pull_seen (
    org_id  text COLLATE "C"   NOT NULL,
    pull_id text COLLATE "C"   NOT NULL,
    type    text COLLATE "C"   NOT NULL,
    ids     text[] COLLATE "C" NOT NULL, -- as they land
    FOREIGN KEY (org_id, pull_id) REFERENCES pull (org_id, id) ON DELETE CASCADE
);
CREATE INDEX pull_seen_by_type ON pull_seen (org_id, pull_id, type);

-- Records that no walk has shown, although all of their type was walked. Each is read: only where the source then says
-- that it has it not is it gone. control: one that was shown, to know whether the source answers reads of the type at all.
CREATE TABLE pull_nominee (
    org_id      text COLLATE "C" NOT NULL,
    pull_id     text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL, -- as it landed
    original_id text COLLATE "C" NOT NULL,
    control     boolean          NOT NULL DEFAULT false,
    status      text             NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'there', 'gone', 'unknown')),
    PRIMARY KEY (org_id, pull_id, type, id),
    FOREIGN KEY (org_id, pull_id) REFERENCES pull (org_id, id) ON DELETE CASCADE
);
CREATE INDEX pull_nominee_pending ON pull_nominee (org_id, pull_id, control, type, id) WHERE status = 'pending';
