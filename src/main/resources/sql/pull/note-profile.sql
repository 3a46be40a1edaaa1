-- orgId, sourceId, profile, detected, concurrency, perMinute, burst · what the source bears, as its profile says; nothing is
-- written where that is known, or the profile was changed meanwhile
UPDATE source
   SET detected_profile = :detected, concurrency = :concurrency,
       request_every = INTERVAL '1 minute' / CAST(:perMinute AS double precision), request_burst = :burst
 WHERE org_id = :orgId AND id = :sourceId AND profile = :profile
   AND (detected_profile, concurrency, request_every, request_burst)
       IS DISTINCT FROM (CAST(:detected AS text), CAST(:concurrency AS int),
                         INTERVAL '1 minute' / CAST(:perMinute AS double precision), CAST(:burst AS int))
