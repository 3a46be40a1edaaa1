-- A database that was dumped and restored into another cluster brings transaction ids with it that the new cluster has not
-- given out yet: to its snapshots they are the future, and what carries them would never be exported. RestoreGuard numbers
-- them anew at the next start.

-- What RestoreGuard looks for at each start is found by an index.
CREATE INDEX resource_record_withheld ON resource_record (withheld_xid) WHERE withheld_xid IS NOT NULL;

CREATE FUNCTION xid_number(id xid8) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CAST(CAST(id AS text) AS bigint)
$$;

-- All that snapshots can tell apart: two ids with no border between them are seen by the same stored snapshots. A snapshot
-- compares with its xmin, its xmax and the ids in progress: each of these is a border, and so is the id behind it. The
-- first id that can be given out is one too: a snapshot that sees nothing, '3:3:', stays what it is.
CREATE VIEW transaction_border AS
SELECT DISTINCT b.at
  FROM (SELECT watermark FROM destination
        UNION ALL SELECT window_from FROM export_run
        UNION ALL SELECT window_to FROM export_run
        UNION ALL SELECT CAST('3:3:' AS pg_snapshot)) s (seen)
 CROSS JOIN LATERAL (SELECT pg_snapshot_xmin(s.seen)
                     UNION ALL SELECT pg_snapshot_xmax(s.seen)
                     UNION ALL SELECT pg_snapshot_xip(s.seen)) n (id)
 CROSS JOIN LATERAL (VALUES (xid_number(n.id)), (xid_number(n.id) + 1)) b (at)
 WHERE s.seen IS NOT NULL;

-- A stored id by its new number: 2 and how many borders it has reached, so from 3. Larger ids have no smaller numbers, and
-- other numbers where a border lies between them: every stored snapshot, with its numbers replaced alike, sees what it saw.
CREATE FUNCTION renumbered(id xid8, borders bigint[]) RETURNS xid8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CAST(CAST(2 + width_bucket(xid_number(id), borders) AS text) AS xid8)
$$;

CREATE FUNCTION renumbered(seen pg_snapshot, borders bigint[]) RETURNS pg_snapshot
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CAST(CAST(renumbered(pg_snapshot_xmin(seen), borders) AS text) || ':'
                || CAST(renumbered(pg_snapshot_xmax(seen), borders) AS text) || ':'
                || coalesce((SELECT string_agg(CAST(renumbered(x.id, borders) AS text), ',' ORDER BY x.id)
                               FROM pg_snapshot_xip(seen) x (id)), '') AS pg_snapshot)
$$;

-- Uses up transaction ids until the cluster is past this one. Called outside of a transaction: each is rolled back, with
-- nothing in it.
CREATE PROCEDURE spend_transactions(past bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    WHILE xid_number(pg_current_xact_id()) <= past LOOP
        ROLLBACK;
    END LOOP;
END
$$;
