"""The plan at any revision or moment, read from the log: an entry's newest row there and before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Max

from backups.models import ITSELF, Backup, Commit
from backups.stills import Entries, Still
from planner.prepared import uuid_text

CHUNK = 2_000
NEVER_PAGED = -1
# The newest revisions are found in the index alone, before any entry is fetched.
NEWEST = """SELECT found.type, found.uuid::text, found.day, found.entry FROM (
    SELECT type, uuid, day, MAX(revision) AS revision FROM backups_change
    WHERE {where} GROUP BY type, uuid, day ORDER BY type, uuid, day LIMIT NULLIF(%s, -1)) AS newest
JOIN backups_change AS found ON found.backup_id = %s AND found.type = newest.type
    AND found.uuid = newest.uuid AND found.day = newest.day AND found.revision = newest.revision
ORDER BY found.type, found.uuid, found.day"""
# SQLite takes the other columns from the row that has the greatest revision, and -1 for no limit.
NEWEST_ON_SQLITE = """SELECT type, uuid, day, entry, MAX(revision) FROM backups_change
WHERE {where} GROUP BY type, uuid, day ORDER BY type, uuid, day LIMIT %s"""
UP_TO = "backup_id = %s AND revision <= %s"
BEHIND = " AND (type, uuid, day) > (%s, %s, %s)"
TOUCHED = """ AND (type, uuid) IN
(SELECT type, uuid FROM backups_change WHERE backup_id = %s AND revision BETWEEN %s AND %s)"""


class Logged(NamedTuple):
    """A row of the log: an entry, or a day of a habit, as it was after a change."""

    type: str
    uuid: str
    day: int
    entry: str


def stills(backup: Backup, revision: int) -> Iterator[Still]:
    """Yield the living entries of a revision by type and id, read in chunks of the log.

    No cursor is held open: rows of the log do not change, so the chunks fit together.
    """
    return _living(_chunked(backup, revision))


def plan(backup: Backup, revision: int, *, touched: tuple[int, int] | None = None) -> Entries:
    """Return the living entries of a revision, by one query.

    With `touched`, only those that were changed in one of the revisions from the first to the last.
    """
    if touched is None:
        rows = _newest(UP_TO, [backup.pk, revision])
    else:
        rows = newest_of_touched(backup, revision, touched)
    return {still.key: still for still in _living(iter(rows))}


def newest_of_touched(backup: Backup, revision: int, touched: tuple[int, int]) -> list[Logged]:
    """Return the newest rows at a revision of what the revisions from first to last changed."""
    return _newest(UP_TO + TOUCHED, [backup.pk, revision, backup.pk, *touched])


def revision_at(backup: Backup, moment: int) -> int | None:
    """Return the revision that a plan had at the end of a second of unix time.

    None before the claim began.
    """
    end = datetime.fromtimestamp(moment, UTC) + timedelta(seconds=1)
    past = Commit.objects.filter(backup=backup, created_at__lt=end)
    return past.aggregate(Max("revision"))["revision__max"]


def _chunked(backup: Backup, revision: int) -> Iterator[Logged]:
    where, values = UP_TO, [backup.pk, revision]
    while True:
        rows = _newest(where, values, CHUNK)
        yield from rows
        if len(rows) < CHUNK:
            return
        where, values = UP_TO + BEHIND, [backup.pk, revision, *rows[-1][:3]]


def _newest(where: str, values: list[Any], limit: int = NEVER_PAGED) -> list[Logged]:
    on_postgresql = connection.vendor == "postgresql"
    statement = NEWEST if on_postgresql else NEWEST_ON_SQLITE
    values = [*values, limit, values[0]] if on_postgresql else [*values, limit]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(where=where), values)
        return [Logged(*row[:4]) for row in cursor.fetchall()]


def _living(rows: Iterator[Logged]) -> Iterator[Still]:
    for (kind, uuid), group in groupby(rows, key=lambda row: row[:2]):
        values: dict | None = None
        days = []
        for row in group:
            logged = orjson.loads(row.entry)
            if row.day == ITSELF:
                values = logged if logged.pop("alive") else None
            elif logged["done"]:
                days.append(row.day)
        if values is not None:
            yield Still(kind, uuid_text(uuid), values, tuple(days))
