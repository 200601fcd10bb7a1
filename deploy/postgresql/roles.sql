-- The roles and the database, to be run by a superuser; a second run changes nothing.
-- The role proves who it is by the name of the system's user ("peer"), so it has no password.

\set ON_ERROR_STOP on

SELECT 'CREATE ROLE planner LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'planner')
\gexec

SELECT 'CREATE DATABASE planner OWNER planner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'planner')
\gexec

REVOKE ALL ON DATABASE planner FROM PUBLIC;
