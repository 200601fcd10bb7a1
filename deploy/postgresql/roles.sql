-- The database, its four roles and what they may do, to be run by a superuser; a second run changes
-- nothing: psql -qX -f roles.sql, with -v database=NAME for another name than planner.
--
--   planner_owner   owns the tables; migrations alone run as this one
--   planner_app     reads and writes rows: pages, API, chores, mails
--   planner_staff   the admin's service; what of the tables, `migrate` grants (planner/grants.py)
--   planner_backup  reads everything, for copies
--
-- A role proves who it is by the name of the system's user ("peer"), so it has no password.

\set ON_ERROR_STOP on
\if :{?database} \else
\set database planner
\endif
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['planner_owner', 'planner_app', 'planner_staff', 'planner_backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT format('CREATE DATABASE %I OWNER planner_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

ALTER DATABASE :"database" OWNER TO planner_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO planner_app, planner_staff, planner_backup;

-- What a request may take. Who needs longer says so: chores and deploy/manage do, by PGOPTIONS.
ALTER ROLE planner_app SET statement_timeout = '5s';
ALTER ROLE planner_app SET lock_timeout = '2s';
ALTER ROLE planner_app SET idle_in_transaction_session_timeout = '10s';
-- The staff's lists are longer, and a factory's file is read while its sender looks on.
ALTER ROLE planner_staff SET statement_timeout = '30s';
ALTER ROLE planner_staff SET lock_timeout = '2s';
ALTER ROLE planner_staff SET idle_in_transaction_session_timeout = '60s';
-- A migration that waits for a lock makes all others wait behind it; it may be tried again.
ALTER ROLE planner_owner SET lock_timeout = '5s';

-- What people write reaches PostgreSQL's log neither by a statement, nor by its values, nor by the
-- row that an error quotes; whoever connects. Planner logs its own errors, without any of it.
ALTER DATABASE :"database" SET log_statement = 'none';
ALTER DATABASE :"database" SET log_duration = off;
ALTER DATABASE :"database" SET log_min_duration_statement = -1;
ALTER DATABASE :"database" SET log_min_duration_sample = -1;
ALTER DATABASE :"database" SET log_transaction_sample_rate = 0;
ALTER DATABASE :"database" SET log_min_error_statement = 'panic';
ALTER DATABASE :"database" SET log_parameter_max_length = 0;
ALTER DATABASE :"database" SET log_parameter_max_length_on_error = 0;
ALTER DATABASE :"database" SET log_error_verbosity = 'terse';
ALTER DATABASE :"database" SET debug_print_parse = off;
ALTER DATABASE :"database" SET debug_print_rewritten = off;
ALTER DATABASE :"database" SET debug_print_plan = off;
ALTER DATABASE :"database" SET TimeZone = 'UTC';
-- The default thinks of disks with a moving head, and would rather read all devices than find some.
ALTER DATABASE :"database" SET random_page_cost = 1.1;

\connect :"database"
SET client_min_messages = warning;

-- Where one role did everything before.
SELECT 'REASSIGN OWNED BY planner TO planner_owner'
FROM pg_roles WHERE rolname = 'planner' AND NOT rolsuper
\gexec

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO planner_owner;
GRANT USAGE ON SCHEMA public TO planner_app, planner_staff;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO planner_app;
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO planner_app;
ALTER DEFAULT PRIVILEGES FOR ROLE planner_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

ALTER ROLE planner_backup REPLICATION;
GRANT pg_read_all_data TO planner_backup;
