-- each start · the first transaction id that nothing stored knows of, and the first that the cluster has not given out:
-- where the former is larger, the ids are another cluster's. A record landed (first_xid) no later than it changed
SELECT xid_number(pg_snapshot_xmax(pg_current_snapshot())) AS given, coalesce(max(s.known), 0) AS stored
  FROM (SELECT 1 + xid_number((SELECT max(changed_xid) FROM resource_record r WHERE r.org_id = o.id)) FROM organization o
        UNION ALL SELECT 1 + xid_number((SELECT max(settled_xid) FROM pull p WHERE p.org_id = o.id)) FROM organization o
        UNION ALL SELECT 1 + xid_number((SELECT max(withheld_xid) FROM resource_record WHERE withheld_xid IS NOT NULL))
        UNION ALL SELECT 1 + xid_number(erased_xid) FROM erasure
        UNION ALL SELECT xid_number(pg_snapshot_xmax(watermark)) FROM destination
        UNION ALL SELECT xid_number(pg_snapshot_xmax(window_to)) FROM export_run
        UNION ALL SELECT xid_number(pg_snapshot_xmax(window_from)) FROM export_run) s (known)
