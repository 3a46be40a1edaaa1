-- a start that found ids of another cluster · every transaction id and snapshot that is stored gets new numbers, from 3,
-- so that each snapshot sees what it saw, and all of it lies in the cluster's past. Columns of these types stand here all
WITH border AS MATERIALIZED (
    SELECT array_agg(at ORDER BY at) AS all_of_them FROM transaction_border
), record AS (
    UPDATE resource_record
       SET changed_xid = renumbered(changed_xid, (SELECT all_of_them FROM border)),
           first_xid = renumbered(first_xid, (SELECT all_of_them FROM border)),
           withheld_xid = renumbered(withheld_xid, (SELECT all_of_them FROM border))
    RETURNING 1
), settled AS (
    UPDATE pull SET settled_xid = renumbered(settled_xid, (SELECT all_of_them FROM border)) WHERE settled_xid IS NOT NULL
    RETURNING 1
), erased AS (
    UPDATE erasure SET erased_xid = renumbered(erased_xid, (SELECT all_of_them FROM border))
), reached AS (
    UPDATE destination SET watermark = renumbered(watermark, (SELECT all_of_them FROM border))
    RETURNING 1
), run AS (
    UPDATE export_run
       SET window_from = renumbered(window_from, (SELECT all_of_them FROM border)),
           window_to = renumbered(window_to, (SELECT all_of_them FROM border))
     WHERE window_from IS NOT NULL OR window_to IS NOT NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM record) AS records, (SELECT count(*) FROM settled) AS pulls,
       (SELECT count(*) FROM reached) AS destinations, (SELECT count(*) FROM run) AS runs
