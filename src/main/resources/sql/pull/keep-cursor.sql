-- task · how far its query has come, in the transaction that ends it; a walk of what has changed goes on from a whole one,
-- and from none of another grant; one of which the source said that it is not all moves nothing
WITH walked AS (
    SELECT t.org_id, p.connection_id, t.query_key, p.asks_from, p.started_at, p.grant_version, t.full_walk
      FROM pull_task t
      JOIN pull p ON p.org_id = t.org_id AND p.id = t.pull_id
     WHERE t.org_id = :orgId AND t.id = :id AND t.query_key IS NOT NULL AND t.shows_all
       AND p.asks_from IS NOT NULL AND p.grant_version IS NOT NULL
), whole AS (
    INSERT INTO query_cursor (org_id, connection_id, query_key, asks_from, walked_at, grant_version)
    SELECT org_id, connection_id, query_key, asks_from, started_at, grant_version FROM walked WHERE full_walk
    ON CONFLICT (org_id, connection_id, query_key) DO UPDATE
       SET asks_from = excluded.asks_from, walked_at = excluded.walked_at, grant_version = excluded.grant_version
)
UPDATE query_cursor c
   SET asks_from = w.asks_from
  FROM walked w
 WHERE NOT w.full_walk AND c.org_id = w.org_id AND c.connection_id = w.connection_id AND c.query_key = w.query_key
   AND c.grant_version = w.grant_version
