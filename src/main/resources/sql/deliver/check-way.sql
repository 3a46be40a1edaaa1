-- item · whether the next bundle of an item may go, how large, and with whose credentials: what its server has asked for, and what was learned of it
SELECT r.cancel_requested,
       CAST(greatest(0, ceil(1000 * extract(epoch FROM d.paused_until - clock_timestamp()))) AS bigint) AS wait_millis,
       d.learned_entries, d.learned_bytes, d.revision
  FROM export_run r
  JOIN destination d ON d.org_id = r.org_id AND d.id = r.destination_id
 WHERE r.org_id = :orgId AND r.id = :runId
