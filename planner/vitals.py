"""How the database is doing: /metrics, /readyz and `doctor` ask. SQLite keeps no figures."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MANY_DEAD = 10_000
"""Fewer dead rows than this slow nothing down, however few live ones there are."""


def rows(question: str, *values: object) -> list[tuple]:
    """Return what the database answers; of SQLite nothing is asked."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def value(question: str) -> Any:
    """Return the one value that PostgreSQL answers; 0 on SQLite."""
    return next((first for (first,) in rows(question)), 0)


def unapplied_migrations() -> int:
    """Return how many migrations the database lacks; of SQLite too."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def connections() -> list[tuple[str, int]]:
    """Return how many connections to this database are in each state."""
    return rows(
        "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() GROUP BY 1"
    )


def deadlocks() -> int:
    """Return how often two transactions waited for each other since the figures began."""
    return value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def dead_parts() -> list[tuple[str, float]]:
    """Return each table with many dead rows, and which part of its rows, 0 to 1, they are."""
    return rows(
        "SELECT relname, n_dead_tup::float / (n_dead_tup + n_live_tup) FROM pg_stat_user_tables"
        " WHERE n_dead_tup > %s ORDER BY 1",
        MANY_DEAD,
    )


def oldest_transaction() -> float:
    """Return for how many seconds the oldest transaction of this role has been open."""
    return value(
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float"
        " FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
