-- leases · polled by claim-pulls
SELECT * FROM claim_pulls(:#${bean:leases.node}, :#${bean:leases.freePulls}, CAST(:#${bean:leases.lease} AS interval))
