-- The pulls of one connection, newest first: each page of the dashboard and of the API asks for the latest.
CREATE INDEX pull_connection ON pull (org_id, connection_id, id);
