-- Run by a superuser, once or again, inside Caravan's database: caravan_owner makes the tables, caravan_app works with their rows.
-- Both roles exist already; the application's owns nothing.
ALTER SCHEMA public OWNER TO caravan_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO caravan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE caravan_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO caravan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE caravan_owner GRANT USAGE, SELECT ON SEQUENCES TO caravan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE caravan_owner GRANT EXECUTE ON ROUTINES TO caravan_app;
