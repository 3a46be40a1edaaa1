-- a start that found ids of another cluster · the largest number that they can get anew, and the oldest id still in use here
SELECT 2 + count(*) AS largest, xid_number(pg_snapshot_xmin(pg_current_snapshot())) - 1 AS past FROM transaction_border
