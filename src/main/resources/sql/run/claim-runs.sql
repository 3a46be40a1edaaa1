-- leases · polled by claim-runs
SELECT * FROM claim_runs(:#${bean:leases.node}, :#${bean:leases.freeRuns}, CAST(:#${bean:leases.lease} AS interval))
