"""What PostgreSQL itself does at best: the same rows out as JSON, and in by COPY and an upsert."""

import io
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2

TABLES = {
    "backups_task": "backup_id, uuid",
    "backups_event": "backup_id, uuid",
    "backups_habit": "backup_id, uuid",
    "backups_habitday": "backup_id, habit_uuid, day",
}
"""The tables of a plan, and the columns that tell their rows apart."""

ROWS_AS_JSON = """COPY (
SELECT row_to_json(entry) FROM (
    SELECT uuid AS id, name, description, completion, priority, duedate
    FROM backups_task WHERE backup_id = {plan} AND alive) AS entry
UNION ALL SELECT row_to_json(entry) FROM (
    SELECT uuid AS id, name, description, starttime, duration, 0 AS deleted
    FROM backups_event WHERE backup_id = {plan} AND alive) AS entry
UNION ALL SELECT row_to_json(entry) FROM (
    SELECT uuid AS id, name, goal, coalesce(days, '{{}}') AS completed, 0 AS deleted
    FROM backups_habit LEFT JOIN (
        SELECT habit_uuid, array_agg(day ORDER BY day) AS days
        FROM backups_habitday WHERE backup_id = {plan} AND done GROUP BY habit_uuid
    ) AS ticked ON habit_uuid = uuid
    WHERE backup_id = {plan} AND alive) AS entry
) TO STDOUT"""


def connect(url: str) -> Any:
    """Return a connection to a DATABASE_URL."""
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    return psycopg2.connect(host=host, user=parts.username, dbname=parts.path.removeprefix("/"))


class Sink(io.RawIOBase):
    """Counts lines and forgets them."""

    lines = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.lines += bytes(data).count(b"\n")
        return len(data)


def rows_out(connection: Any, plan: int) -> tuple[float, int]:
    """Return how many seconds a plan takes out as JSON by COPY, and how many lines it has."""
    sink = Sink()
    statement = ROWS_AS_JSON.format(plan=plan)
    with connection, connection.cursor() as cursor:
        return _timed(lambda: cursor.copy_expert(statement, sink)), sink.lines


def rows_in(connection: Any, plan: int) -> float:
    """Return how many seconds the rows of a plan take into empty tables of the same shape.

    They go by COPY into temporary tables and from there by INSERT … ON CONFLICT, in one
    transaction that is committed as any other.
    """
    texts = {table: _copied_out(connection, table, plan) for table in TABLES}
    with connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS same_{table}")
            cursor.execute(f"CREATE TABLE same_{table} (LIKE {table} INCLUDING ALL)")

    def copy_and_upsert() -> None:
        with connection, connection.cursor() as cursor:
            for table, (columns, text) in texts.items():
                _upsert(cursor, table, columns, text)

    return _timed(copy_and_upsert)


def _upsert(cursor: Any, table: str, columns: list[str], text: str) -> None:
    names = ", ".join(columns)
    new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    cursor.execute(
        f"CREATE TEMPORARY TABLE new_{table} ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0"
    )
    cursor.copy_expert(f"COPY new_{table} FROM STDIN", io.StringIO(text))
    cursor.execute(
        f"INSERT INTO same_{table} ({names}) SELECT {names} FROM new_{table} "
        f"ON CONFLICT ({TABLES[table]}) DO UPDATE SET {new}"
    )


def _copied_out(connection: Any, table: str, plan: int) -> tuple[list[str], str]:
    """Return a table's columns but for its own id, and the rows of a plan as COPY has them."""
    text = io.StringIO()
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [column.name for column in cursor.description if column.name != "id"]
        rows = f"SELECT {', '.join(columns)} FROM {table} WHERE backup_id = {plan}"
        cursor.copy_expert(f"COPY ({rows}) TO STDOUT", text)
    return columns, text.getvalue()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
