"""People found by any part of their names: on PostgreSQL by an index, which `migrate` makes."""

from typing import Any

from django.db import connections

# Where the extension is missing, or `migrate` may not make it, the search reads all people. The
# table is not there after a migration that was taken back.
MAY_INDEX = """SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'
AND to_regclass('accounts_user') IS NOT NULL
AND (installed_version IS NOT NULL OR has_database_privilege(current_database(), 'CREATE'))"""
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEX = """CREATE INDEX IF NOT EXISTS accounts_user_parts ON accounts_user USING gin (
upper(username::text) gin_trgm_ops, upper(full_name::text) gin_trgm_ops,
upper(email::text) gin_trgm_ops)"""


def index_parts(using: str, **signal: Any) -> None:
    """Make the index of three-letter parts; meant to be called after `migrate` alone."""
    connection = connections[using]
    if connection.vendor != "postgresql" or "plan" not in signal:
        return
    with connection.cursor() as cursor:
        cursor.execute(MAY_INDEX)
        if cursor.fetchone():
            cursor.execute(EXTENSION)
            cursor.execute(INDEX)
