-- leases · polled by claim-tasks
SELECT * FROM claim_tasks(:#${bean:leases.node}, :#${bean:leases.freeTasks}, CAST(:#${properties:caravan.pull.per-source} AS int),
                          CAST(:#${bean:leases.lease} AS interval), :#${bean:leases.takeovers})
