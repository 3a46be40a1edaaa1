#!/usr/bin/env bash
# Run once, when the database is made: the role that owns the schema, and the one that only reads and writes rows.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" \
  --set=owner_password="$CARAVAN_OWNER_PASSWORD" --set=app_password="$CARAVAN_APP_PASSWORD" <<'SQL'
CREATE ROLE caravan_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE caravan_app LOGIN PASSWORD :'app_password';
CREATE DATABASE caravan OWNER caravan_owner;
REVOKE ALL ON DATABASE caravan FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE caravan TO caravan_app;
SQL
