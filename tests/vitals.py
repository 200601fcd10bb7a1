"""What PostgreSQL says of itself, made up."""

import pytest
from django.db import connection


def pretend(view: str, row: str) -> None:
    """Let a view of PostgreSQL's own answer with this row until the test is over."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite says nothing of itself")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY VIEW {view} AS SELECT {row}")
        cursor.execute("SET LOCAL search_path = pg_temp, pg_catalog, public")


def pretend_dead_rows(dead: int, live: int) -> None:
    """Let one table have so many."""
    pretend(
        "pg_stat_user_tables",
        f"'backups_backup'::name AS relname, {dead} AS n_dead_tup, {live} AS n_live_tup",
    )
