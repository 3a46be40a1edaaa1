-- leases · polled by claim-items
SELECT * FROM claim_items(:#${bean:leases.node}, :#${bean:leases.freeItems},
                          CAST(:#${properties:caravan.export.per-destination} AS int), :#${bean:leases.itemsInDoubt},
                          CAST(:#${properties:caravan.export.silence} AS interval), CAST(:#${bean:leases.lease} AS interval),
                          :#${bean:leases.takeovers})
