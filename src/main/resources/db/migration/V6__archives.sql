-- Zipped NDJSON: an item is then an archive (export_item.kind 'archive'), and its entries are the files in it.

ALTER TABLE export_item DROP CONSTRAINT export_item_kind_check;
ALTER TABLE export_item ADD CHECK (kind IN ('file', 'archive', 'manifest'));

CREATE TABLE export_entry (
    org_id        text COLLATE "C" NOT NULL,
    item_id       text COLLATE "C" NOT NULL,
    ordinal       int              NOT NULL,
    name          text,                            -- in the archive, once it is delivered
    resource_type text COLLATE "C" NOT NULL,
    part          int              NOT NULL,
    from_source   text COLLATE "C" NOT NULL,
    from_id       text COLLATE "C" NOT NULL,
    to_source     text COLLATE "C" NOT NULL,
    to_id         text COLLATE "C" NOT NULL,
    largest       int              NOT NULL,
    selected      int              NOT NULL,
    delivered     int              NOT NULL DEFAULT 0,
    superseded    int              NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, item_id, ordinal),
    FOREIGN KEY (org_id, item_id) REFERENCES export_item (org_id, id) ON DELETE CASCADE
);

-- Every key range of a run, whether it is a file of its own or an entry of an archive.
CREATE VIEW export_range AS
SELECT i.org_id, i.run_id, i.id AS item_id, i.status, i.bytes, i.resource_type, i.part, i.from_source, i.from_id,
       i.to_source, i.to_id, i.selected, i.delivered, i.superseded
  FROM export_item i
 WHERE i.kind = 'file'
UNION ALL
SELECT i.org_id, i.run_id, i.id, i.status, 0, e.resource_type, e.part, e.from_source, e.from_id, e.to_source, e.to_id,
       e.selected, e.delivered, e.superseded
  FROM export_item i
  JOIN export_entry e ON e.org_id = i.org_id AND e.item_id = i.id
 WHERE i.kind = 'archive';
