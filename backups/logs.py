"""The log of a plan as it is taken along: who changed what and when, as far back as it is kept."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection

from backups.models import ITSELF, Backup, Commit
from planner.prepared import uuid_text

CHUNK = 2_000
PIECES = 200
BEGINNING = (-1, "", "0" * 32, ITSELF)
ROWS = """SELECT revision, type, {uuid}, day, entry FROM backups_change
WHERE backup_id = %s AND revision <= %s AND (revision, type, uuid, day) > (%s, %s, %s, %s)
ORDER BY revision, type, uuid, day LIMIT %s"""


class LoggedChange(NamedTuple):
    """One change, and the commit that made it, as JSON."""

    revision: int
    commit: str
    change: str


def as_json(backup: Backup, revision: int) -> Iterator[bytes]:
    """Yield the log up to a revision as one JSON list of commits, the oldest first.

    Each says when it was (unix seconds), where it came from, by whom, and how each entry or each
    habit's day stood after it. What is older than 30 days is there as far as restore points hold
    it. No cursor is held open: rows of the log do not change, so the chunks fit together.
    """
    pieces = _pieces(_told(backup, revision))
    while part := "".join(islice(pieces, PIECES)):
        yield part.encode()


def _pieces(told: Iterable[LoggedChange]) -> Iterator[str]:
    comma = ""
    yield "["
    for _revision, changes in groupby(told, key=attrgetter("revision")):
        for number, one in enumerate(changes):
            yield "," if number else f'{comma}{one.commit[:-1]},"changes":['
            yield one.change
        yield "]}"
        comma = ","
    yield "]"


def _told(backup: Backup, revision: int) -> Iterator[LoggedChange]:
    last = BEGINNING
    while rows := _rows(backup, revision, last):
        commits = _commits(backup, {row[0] for row in rows})
        yield from (LoggedChange(row[0], commits[row[0]], _change(*row[1:])) for row in rows)
        last = rows[-1][:4]


def _rows(backup: Backup, revision: int, last: tuple) -> list[tuple]:
    uuid = "uuid::text" if connection.vendor == "postgresql" else "uuid"
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(uuid=uuid), [backup.pk, revision, *last, CHUNK])
        return cursor.fetchall()


def _commits(backup: Backup, revisions: Iterable[int]) -> dict[int, str]:
    found = Commit.objects.filter(backup=backup, revision__in=revisions)
    return {
        one.revision: _text(
            {
                "revision": one.revision,
                "at": int(one.created_at.timestamp()),
                "source": one.source,
                "by": one.by,
            }
        )
        for one in found
    }


def _change(kind: str, uuid: str, day: int, entry: str) -> str:
    """Return a row in the words of the wire: an entry, or a habit's day that came or went."""
    logged = orjson.loads(entry)
    shown: dict[str, Any] = {"type": kind, "id": uuid_text(uuid)}
    if day != ITSELF:
        return _text(shown | {"date": day, "action": "add" if logged["done"] else "del"})
    return _text(shown | {"deleted": int(not logged.pop("alive"))} | dict(sorted(logged.items())))


def _text(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
