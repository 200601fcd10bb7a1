"""A pull as a stream: one entry a line, in constant memory, with a cursor line now and then.

A device that loses the connection goes on from the last cursor line that it stored.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import orjson

from backups import sync
from backups.cursors import Cursor, Refresh
from backups.lines import fitted, line
from backups.models import Backup
from backups.reading import CHUNK, Row, days_since, with_days

CURSOR_EVERY = 200
CURSOR_LINE = b'{"cursor"'


def lines(
    backup: Backup, since: Cursor | None, *, now: int, max_line: int | None
) -> Iterator[bytes]:
    """Yield the news after a cursor, or a full refresh, as NDJSON.

    The first line holds the cursor to go on from when nothing else arrives, and the first day of
    the habits' window; the last says that there is no more.
    """
    since = since or sync.start(backup, now)
    yield _dumped(cursor=since.encode(), days_since=days_since(now))
    last: Row | None = None
    for rows in _grouped(_all_after(backup, since)):
        if last is not None:
            yield _dumped(cursor=sync.standing_on(backup, since, last).encode())
        yield "".join(_texts(with_days(backup, rows, now), max_line)).encode()
        last = rows[-1]
    yield _dumped(cursor=sync.end_of(backup, since).encode(), more=False)


def entries_in(part: bytes) -> int:
    """Return how many entries a part of a stream holds: cursor lines come in parts of their own."""
    return 0 if part.startswith(CURSOR_LINE) else part.count(b"\n")


def _texts(rows: list[Row], max_line: int | None) -> Iterator[str]:
    for row in rows:
        wire = fitted(row.kind, row.wire, max_line) if max_line else row.wire
        yield line(row.kind, wire)


def _all_after(backup: Backup, since: Cursor) -> Iterator[Row]:
    if isinstance(since.position, Refresh):
        yield from sync.after(backup, since, CHUNK)
        return
    while True:
        rows = list(sync.after(backup, since, CHUNK))
        yield from rows
        if len(rows) < CHUNK:
            return
        since = sync.standing_on(backup, since, rows[-1])


def _grouped(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while group := list(islice(rows, CURSOR_EVERY)):
        yield group


def _dumped(**values: object) -> bytes:
    return orjson.dumps(values) + b"\n"
