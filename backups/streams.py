"""A pull as a stream: one entry a line, in constant memory, with a cursor line now and then.

A device that loses the connection goes on from the last cursor line that it stored.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any

import orjson

from backups import sync
from backups.cursors import Cursor, Refresh
from backups.lines import fitted, line
from backups.models import Backup
from backups.reading import CHUNK, Row, days_since, with_days

CURSOR_EVERY = 200
LONGEST_END = len(b'{"cursor":"","more":false}\n') + 64
CURSOR_LINE = b'{"cursor"'


def lines(
    backup: Backup,
    since: Cursor | None,
    *,
    now: int,
    limit: int | None = None,
    max_bytes: int | None = None,
    max_line: int | None = None,
    head: Mapping[str, Any] | None = None,
) -> Iterator[bytes]:
    """Yield the news after a cursor, or a full refresh, as NDJSON.

    The first line holds the cursor to go on from when nothing else arrives, the first day of the
    habits' window and what the `head` says; the last tells whether there is more, behind `limit`
    entries or `max_bytes` of body.
    """
    since = since or sync.start(backup, now)
    first = _dumped(cursor=since.encode(), days_since=days_since(now), **(head or {}))
    yield first
    room = _Room(limit, max_bytes and max_bytes - len(first) - LONGEST_END)
    last: Row | None = None
    for rows in _grouped(_all_after(backup, since, now)):
        between = _dumped(cursor=sync.standing_on(backup, since, last).encode()) if last else b""
        texts = [text.encode() for text in _texts(with_days(backup, rows, now), max_line)]
        count = room.take(len(between), texts)
        if count:
            last = rows[count - 1]
            if between:
                yield between
            yield b"".join(texts[:count])
        if count < len(rows):
            yield _dumped(cursor=sync.standing_on(backup, since, last).encode(), more=True)
            return
    yield _dumped(cursor=sync.end_of(backup, since).encode(), more=False)


class _Room:
    """What may still be sent: so many entries, and so many bytes, but one entry at least."""

    def __init__(self, entries: int | None, size: int | None) -> None:
        self.entries, self.size = entries, size
        self.is_empty = True

    def take(self, before: int, texts: Sequence[bytes]) -> int:
        """Return how many of the texts fit, behind so many bytes `before` them."""
        count = len(texts) if self.entries is None else min(self.entries, len(texts))
        if self.size is not None:
            sizes = accumulate(map(len, texts[:count]), initial=before)
            fits = bisect_right(list(sizes), self.size) - 1
            count = max(fits, int(self.is_empty))
            self.size -= before + sum(map(len, texts[:count]))
        if self.entries is not None:
            self.entries -= count
        self.is_empty = False
        return count


def entries_in(part: bytes) -> int:
    """Return how many entries a part of a stream holds: cursor lines come in parts of their own."""
    return 0 if part.startswith(CURSOR_LINE) else part.count(b"\n")


def _texts(rows: list[Row], max_line: int | None) -> Iterator[str]:
    for row in rows:
        wire = fitted(row.kind, row.wire, max_line) if max_line else row.wire
        yield line(row.kind, wire)


def _all_after(backup: Backup, since: Cursor, now: int) -> Iterator[Row]:
    if isinstance(since.position, Refresh):
        yield from sync.after(backup, since, CHUNK, now)
        return
    # The days of habits come with these: a group at a time is held.
    while True:
        rows = list(sync.after(backup, since, CURSOR_EVERY, now))
        yield from rows
        if len(rows) < CURSOR_EVERY:
            return
        since = sync.standing_on(backup, since, rows[-1])


def _grouped(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while group := list(islice(rows, CURSOR_EVERY)):
        yield group


def _dumped(**values: object) -> bytes:
    return orjson.dumps(values) + b"\n"
