-- destination, millis · a server asked to be left alone for so long, whoever sends
UPDATE destination
   SET paused_until = greatest(paused_until, clock_timestamp() + CAST(:millis * INTERVAL '1 millisecond' AS interval))
 WHERE org_id = :orgId AND id = :destinationId
