-- orgId, id · the source says that a page of this walk does not show all there is: what it does not show is not taken for gone
UPDATE pull_task SET full_walk = false WHERE org_id = :orgId AND id = :id
