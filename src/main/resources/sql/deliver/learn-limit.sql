-- destination, entries, bytes · what a server takes in a bundle, after it refused more; null where that is not known
UPDATE destination
   SET learned_entries = least(learned_entries, CAST(:entries AS int)), learned_bytes = least(learned_bytes, CAST(:bytes AS bigint))
 WHERE org_id = :orgId AND id = :destinationId
