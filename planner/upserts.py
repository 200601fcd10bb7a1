"""Many rows by one statement, on SQLite and PostgreSQL alike."""

import io
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import JSONField, Model, UUIDField

from planner.prepared import Batch, Prepared

MOST_ROWS = 1_000
WORTH_A_COPY = 50
SPECIAL = ("\\", "\n", "\r", "None")
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert(
    model: type[Model],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    *,
    on: tuple[str, ...] = (),
    update: bool = False,
    keep: tuple[str, ...] = (),
    rises: str = "",
    batch: Batch | None = None,
) -> None:
    """Insert rows, whose values stand in the order of `columns`; JSON and ids are given as text.

    Where a row with the same values of the columns `on` is there already, it is left as it is, or
    with `update` takes the new values of all columns but those of `keep`; with `rises` it does so
    only where that column's new value is greater. With a batch the rows may go in no sooner than
    that is sent.
    """
    if not rows:
        return
    if batch is None:
        with connection.cursor() as cursor:
            alone = Batch(cursor)
            insert(model, columns, rows, on=on, update=update, keep=keep, rises=rises, batch=alone)
            alone.send()
        return
    on_postgresql = batch.cursor.db.vendor == "postgresql"
    if on_postgresql and not on and len(rows) >= WORTH_A_COPY:
        _as_copy(batch.cursor, model, columns, rows)
        return
    write = _as_json if on_postgresql else _as_values
    conflict = _conflict(model, columns, on, update, keep, rises)
    for begin in range(0, len(rows), MOST_ROWS):
        batch.add(*write(model, columns, rows[begin : begin + MOST_ROWS], conflict))


@cache
def _conflict(
    model: type[Model],
    columns: tuple[str, ...],
    on: tuple[str, ...],
    update: bool,
    keep: tuple[str, ...],
    rises: str,
) -> str:
    if not on:
        return ""
    new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name not in on + keep)
    above = f" WHERE {model._meta.db_table}.{rises} < EXCLUDED.{rises}" if rises else ""
    return (
        f" ON CONFLICT ({', '.join(on)}) DO {f'UPDATE SET {new}{above}' if update else 'NOTHING'}"
    )


def _as_copy(
    cursor: CursorWrapper,
    model: type[Model],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Hand all rows over as a file, which PostgreSQL reads twice as fast as JSON."""
    file = io.BytesIO("".join(map(_line, rows)).encode())
    table, names = model._meta.db_table, ", ".join(columns)
    with cursor.db.wrap_database_errors:
        cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", file)


def _line(row: Sequence[Any]) -> str:
    """Return a row as COPY reads it: tabs between values, a backslash before what is special.

    `\\N` stands for null.
    """
    line = "\t".join(map(str, row))
    if line.count("\t") >= len(row) or any(sign in line for sign in SPECIAL):
        line = "\t".join(map(_value, row))
    return line + "\n"


def _value(value: Any) -> str:
    return r"\N" if value is None else str(value).translate(ESCAPES)


def _as_json(
    model: type[Model], columns: tuple[str, ...], rows: Sequence[Sequence[Any]], conflict: str
) -> tuple[Prepared, list[Any]]:
    """Hand all rows over as one value: the statement is the same for any number of them."""
    statement, json = _from_json(model, columns, conflict)
    objects = [dict(zip(columns, row, strict=True)) for row in rows]
    for name in json:
        for one in objects:
            one[name] = orjson.Fragment(one[name])
    return statement, [orjson.dumps(objects, default=_bytea).decode()]


@cache
def _from_json(
    model: type[Model], columns: tuple[str, ...], conflict: str
) -> tuple[Prepared, list[str]]:
    """Return the statement for rows as JSON, and the names of their columns of JSON."""
    table, names = model._meta.db_table, ", ".join(columns)
    rows = f"SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608 - names of our own
    fields = {field.column: field for field in model._meta.concrete_fields}
    json = [name for name in columns if isinstance(fields[name], JSONField)]
    return Prepared(f"INSERT INTO {table} ({names}) {rows}{conflict}"), json


def _bytea(value: bytes) -> str:
    return rf"\x{value.hex()}"


def _as_values(
    model: type[Model], columns: tuple[str, ...], rows: Sequence[Sequence[Any]], conflict: str
) -> tuple[Prepared, list[Any]]:
    head = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES "  # noqa: S608 - names of our own
    one = f"({', '.join(_places(model, columns))})"
    return Prepared(head + ", ".join([one] * len(rows)) + conflict), list(chain(*rows))


@cache
def _places(model: type[Model], columns: tuple[str, ...]) -> list[str]:
    # SQLite has no type for an id, and Django keeps the digits alone there.
    fields = {field.column: field for field in model._meta.concrete_fields}
    ids = {name for name in columns if isinstance(fields[name], UUIDField)}
    return ["replace(%s, '-', '')" if name in ids else "%s" for name in columns]
