-- orgId, sourceId, every · after a change of its pull_every: what has waited so far counts; what is due by that now is spread,
-- as next_pull spreads
UPDATE connection c
   SET next_pull_at = greatest(c.next_pull_at - s.pull_every + CAST(:every AS interval),
                               now() + random() * least(CAST(:every AS interval) / 10, INTERVAL '1 hour'))
  FROM source s
 WHERE s.org_id = :orgId AND s.id = :sourceId AND c.org_id = s.org_id AND c.source_id = s.id
   AND s.pull_every <> CAST(:every AS interval)
