"""Statements that PostgreSQL plans once a connection, for the few calls that are made all day.

Planning such a statement takes several times as long as running it. A prepared statement lives as
long as its session; behind a pooler, which lends sessions for one transaction, nothing is prepared.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

_numbers = count(1)
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""The statements that each of the driver's connections has prepared."""


class Prepared:
    """A statement with a `%s` for each value, and what `sqlite` needs where it is another one."""

    def __init__(self, statement: str, *, sqlite: str | None = None) -> None:
        self.statement, self.sqlite = statement, sqlite or statement
        self.name = f"planner_{next(_numbers)}"

    @cached_property
    def definition(self) -> str:
        """The statement with numbered places."""
        places = range(1, self.statement.count("%s") + 1)
        return self.statement % tuple(f"${place}" for place in places)

    @cached_property
    def call(self) -> str:
        """What executes the statement once it is prepared, with a `%s` for each value."""
        places = ["%s"] * self.statement.count("%s")
        return f"EXECUTE {self.name}({', '.join(places)})" if places else f"EXECUTE {self.name}"

    def run(self, cursor: CursorWrapper, values: Sequence[Any]) -> None:
        """Execute the statement; SQLite keeps compiled statements by itself."""
        cursor.execute(self.ready(cursor), values)

    def ready(self, cursor: CursorWrapper) -> str:
        """Return what to execute on this connection, where it is planned from now on."""
        # Django's own name for the connection at hand is looked up anew at every use.
        database = cursor.db
        if database.vendor != "postgresql":
            return self.sqlite
        if not settings.PREPARED_STATEMENTS:
            return self.statement
        known = _known.setdefault(database.connection, set())
        if self.name not in known:
            # Once a connection, so it is none of the statements that a call is judged by.
            with database.wrap_database_errors:
                cursor.cursor.execute(f"PREPARE {self.name} AS {self.definition}")
            known.add(self.name)
        return self.call


class Batch:
    """Statements without an answer, sent together: the way to PostgreSQL costs more than most."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self._waiting: list[tuple[Prepared, Sequence[Any]]] = []

    def add(self, statement: Prepared, values: Sequence[Any]) -> None:
        """Have a statement executed behind those before it."""
        self._waiting.append((statement, values))

    def send(self) -> None:
        """Execute what was added until now."""
        waiting, self._waiting = self._waiting, []
        cursor = self.cursor
        if cursor.db.vendor != "postgresql":
            for statement, values in waiting:
                statement.run(cursor, values)
        elif waiting:
            text = "; ".join([statement.ready(cursor) for statement, _values in waiting])
            cursor.execute(text, [value for _statement, values in waiting for value in values])


def by_ids(
    table: str, columns: Sequence[str], condition: str, *, id: str = "uuid", order: str = ""
) -> Prepared:
    """Select the rows that some ids and a condition name; the ids, from `uuids`, come first.

    The ids are looked up one by one: a plan made while the table was small would read a whole
    backup for them.
    """
    names = ", ".join(columns)
    each = f"SELECT {names} FROM {table} WHERE {condition} AND {id} = wanted.id OFFSET 0"  # noqa: S608 - names of our own
    among = f"{id} IN (SELECT value FROM json_each(%s)) AND {condition}"  # noqa: S608
    return Prepared(
        f"SELECT found.* FROM unnest(%s::uuid[]) AS wanted(id), LATERAL ({each}) AS found{order}",  # noqa: S608
        sqlite=f"SELECT {names} FROM {table} WHERE {among}{order}",  # noqa: S608
    )


def together(*parts: Prepared) -> Prepared:
    """Select by one statement what several find, whose columns are of the same types."""
    union = " UNION ALL ".join
    return Prepared(
        union(part.statement for part in parts), sqlite=union(part.sqlite for part in parts)
    )


def uuids(ids: Iterable[UUID | str]) -> str:
    """Return ids as one value: PostgreSQL's array, or JSON with the digits that SQLite holds."""
    if connection.vendor == "postgresql":
        return f"{{{','.join(map(str, ids))}}}"
    return orjson.dumps([str(id).replace("-", "") for id in ids]).decode()


def uuid_text(value: str) -> str:
    """Return an id, as a cursor brings it as text, with its dashes; SQLite holds digits alone."""
    return value if "-" in value else str(UUID(value))
