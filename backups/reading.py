"""Entries from their rows to the wire.

An entry's JSON was made when it was written; reading copies it. Only a habit's days are put in
here, because the window of days moves on by itself.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from backups.held import Key
from backups.kinds import TYPES
from backups.models import ENTRY_MODELS, Backup
from planner.prepared import by_ids, uuid_text, uuids
from planner.times import DAY

DAYS_KEPT = 400
HABIT = TYPES.index("habit")
NO_DAYS = '"completed":[],"deleted":0}'
CHUNK = 2_000
COLUMNS = ("revision", "wire")
DAYS = by_ids(
    "backups_habitday",
    ("CAST(habit_uuid AS text)", "day"),
    "backup_id = %s AND done AND day >= %s",
    id="habit_uuid",
    order=" ORDER BY day",
)
ID = slice(len('{"id":"'), len('{"id":"') + 36)
"""Where an entry's JSON has its id: it comes first, so that no other column is read for it."""


class Row(NamedTuple):
    """An entry as read for the wire: `number` is its kind's place in TYPES, `wire` its JSON.

    Of a habit, `is_dated` tells that its days are in it.
    """

    number: int
    revision: int
    wire: str
    phase: int = 0
    is_dated: bool = False

    @property
    def kind(self) -> str:
        """Its kind by name."""
        return TYPES[self.number]

    @property
    def id(self) -> str:
        """Its id as it stands on the wire."""
        return self.wire[ID]

    @property
    def uuid(self) -> UUID:
        """Its id as the database has it."""
        return UUID(self.id)


def days_since(now: int) -> int:
    """Return the first day of the window of habit days that is sent, as the unix time of 00:00."""
    return now - now % DAY - DAYS_KEPT * DAY


def rows_of(number: int, entries: QuerySet, phase: int = 0) -> list[Row]:
    """Read entries of the kind with that number in TYPES, in the order of the query."""
    return [Row(number, *columns, phase) for columns in entries.values_list(*COLUMNS)]


def with_days(backup: Backup, rows: list[Row], now: int) -> list[Row]:
    """Put the completed days of the window into the habits among the rows."""
    habits = [row.id for row in rows if _lacks_days(row)]
    if not habits:
        return rows
    days = _days(backup, habits, now)
    return [
        dated(row, ",".join(days.get(row.id, ()))) if row.number == HABIT else row for row in rows
    ]


def dated(row: Row, days: str) -> Row:
    """Put completed days, with commas between them, into a habit that lacks its days."""
    if not _lacks_days(row):
        return row
    wire = f'{row.wire[: -len(NO_DAYS)]}"completed":[{days}],"deleted":0}}'
    return row._replace(wire=wire, is_dated=True)


def living(
    backup: Backup, number: int, part: Q, *, phase: int = 0, after: UUID | None = None
) -> Iterator[Row]:
    """Yield the living entries of a kind by id, read in chunks that hold no cursor open."""
    entries = ENTRY_MODELS[TYPES[number]].objects.of(backup).alive().filter(part).order_by("uuid")
    while True:
        rest = entries if after is None else entries.filter(uuid__gt=after)
        rows = rows_of(number, rest[:CHUNK], phase)
        yield from rows
        if len(rows) < CHUNK:
            return
        after = rows[-1].uuid


def states(backup: Backup, keys: set[Key], now: int) -> list[Row]:
    """Return the present state of the given entries, as far as the backup knows them."""
    rows = []
    for number, kind in enumerate(TYPES):
        ids = [id for its_kind, id in keys if its_kind == kind]
        if ids:
            rows += rows_of(number, ENTRY_MODELS[kind].objects.of(backup).filter(uuid__in=ids))
    return with_days(backup, rows, now)


def one(backup: Backup, kind: str, id: UUID, now: int) -> tuple[dict, int] | None:
    """Return a living entry as the wire has it, and its revision; None where there is none."""
    entries = ENTRY_MODELS[kind].objects.of(backup).alive().filter(uuid=id)
    rows = with_days(backup, rows_of(TYPES.index(kind), entries), now)
    return (orjson.loads(rows[0].wire), rows[0].revision) if rows else None


def by_kind(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows under the names of their kinds."""
    sorted_rows: dict[str, list[Row]] = {kind: [] for kind in TYPES}
    for row in rows:
        sorted_rows[row.kind].append(row)
    return sorted_rows


def _lacks_days(row: Row) -> bool:
    return row.number == HABIT and not row.is_dated and row.wire.endswith(NO_DAYS)


def _days(backup: Backup, habits: list[str], now: int) -> dict[str, list[str]]:
    days: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        DAYS.run(cursor, [uuids(habits), backup.pk, days_since(now)])
        for uuid, day in cursor.fetchall():
            days.setdefault(uuid_text(uuid), []).append(str(day))
    return days
