"""Many rows by one statement, on SQLite and PostgreSQL alike."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Model

MOST_ROWS = 1_000


def insert(
    model: type[Model],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    on: tuple[str, ...] = (),
    update: bool = False,
) -> None:
    """Insert rows, whose values stand in the order of `columns` as the database takes them.

    Where a row with the same values of the columns `on` is there already, it is left as it is, or
    with `update` takes the new values.
    """
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), MOST_ROWS):
            part = rows[begin : begin + MOST_ROWS]
            head, tail = _around(model._meta.db_table, columns, on, update)
            one = f"({', '.join(['%s'] * len(columns))})"
            cursor.execute(head + ", ".join([one] * len(part)) + tail, list(chain(*part)))


@cache
def _around(
    table: str, columns: tuple[str, ...], on: tuple[str, ...], update: bool
) -> tuple[str, str]:
    head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608 - names of our own
    if not on:
        return head, ""
    new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name not in on)
    return head, f" ON CONFLICT ({', '.join(on)}) DO {f'UPDATE SET {new}' if update else 'NOTHING'}"
