-- orgId, id · the source hints that a page of this walk does not show all there is, in the transaction that lands the page
UPDATE pull_task SET shows_all = false WHERE org_id = :orgId AND id = :id
