-- orgId, connectionId · how far each query has come under the present grant
SELECT c.query_key AS key, c.asks_from, extract(epoch FROM clock_timestamp() - c.walked_at)::bigint AS seconds_since_walk
  FROM query_cursor c
  JOIN connection n ON n.org_id = c.org_id AND n.id = c.connection_id AND n.grant_version = c.grant_version
 WHERE c.org_id = :orgId AND c.connection_id = :connectionId
