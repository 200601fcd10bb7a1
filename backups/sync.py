"""Pulling: what a device must read to be where the server is, in pages. sync.md, cursors.

Reads only, and holds no transaction open. A delta goes by revision; a full refresh by phases, what
is due soon first, pinned to the revision at which it began.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db.models import Q

from backups.cursors import Cursor, Inside, Refresh, at_revision, present
from backups.kinds import TYPES
from backups.models import ENTRY_MODELS, Backup
from backups.outcomes import Pushed
from backups.reading import Row, rows_of, shown
from planner.times import DAY

SOON = 7 * DAY
NIL = UUID(int=0)


@dataclass
class Page:
    """One answer's entries by type, the cursor that stands behind them, and whether more follow."""

    cursor: Cursor
    more: bool = False
    entries: dict[str, list[dict]] = field(default_factory=lambda: {kind: [] for kind in TYPES})


def pull(
    backup: Backup,
    since: Cursor | None,
    *,
    limit: int,
    now: int,
    pushed: Pushed | None = None,
) -> Page:
    """Return the next page after a cursor, or the first of a full refresh without one.

    What the caller itself `pushed` is left out where nobody else changed it since the cursor.
    """
    if since is None or isinstance(since.position, Refresh):
        return _refresh(backup, since, limit, now)
    if since == present(backup):
        return Page(since)
    return _delta(backup, since, limit, now, pushed)


def _delta(backup: Backup, since: Cursor, limit: int, now: int, pushed: Pushed | None) -> Page:
    after = since.position or Inside(len(TYPES), NIL)
    rows = []
    for number, kind in enumerate(TYPES):
        changed = (
            ENTRY_MODELS[kind]
            .objects.of(backup)
            .filter(_beyond(since.revision, after, number), revision__lte=backup.revision)
        )
        rows += rows_of(number, changed.order_by("revision", "uuid")[: limit + 1])
    rows.sort(key=lambda row: (row.revision, row.type, row.uuid))
    page, more = rows[:limit], len(rows) > limit
    cursor = present(backup)
    if more:
        last = page[-1]
        cursor = at_revision(backup, last.revision, Inside(last.type, last.uuid))
    news = [row for row in page if not _is_echo(row, since, pushed)]
    return Page(cursor, more, shown(backup, news, now))


def _beyond(revision: int, after: Inside, number: int) -> Q:
    """Rows of one type behind a place in the order (revision, type, id)."""
    later = Q(revision__gt=revision)
    if number > after.type:
        return later | Q(revision=revision)
    if number == after.type:
        return later | Q(revision=revision, uuid__gt=after.uuid)
    return later


def _is_echo(row: Row, since: Cursor, pushed: Pushed | None) -> bool:
    if pushed is None or row.revision != pushed.revision:
        return False
    before = pushed.whole.get((TYPES[row.type], str(row.uuid)))
    return before is not None and before <= since.revision


def _refresh(backup: Backup, since: Cursor | None, limit: int, now: int) -> Page:
    pin = since or present(backup)
    start = since.position if since else Refresh(now, 0, None)
    rows = list(islice(_living(backup, start, limit + 1), limit + 1))
    page, more = rows[:limit], len(rows) > limit
    position = Refresh(start.anchor, page[-1].phase, page[-1].uuid) if more else None
    cursor = Cursor(pin.epoch, pin.revision, pin.fingerprint, position)
    return Page(cursor, more, shown(backup, page, now))


def _living(backup: Backup, start: Refresh, size: int) -> Iterator[Row]:
    """Yield the living entries behind a place, phase by phase in the order of their ids."""
    for phase, (kind, part) in enumerate(_phases(start.anchor)):
        if phase < start.phase:
            continue
        entries = ENTRY_MODELS[kind].objects.of(backup).alive().filter(part)
        if phase == start.phase and start.uuid is not None:
            entries = entries.filter(uuid__gt=start.uuid)
        yield from rows_of(TYPES.index(kind), entries.order_by("uuid")[:size], phase)


def _phases(anchor: int) -> tuple[tuple[str, Q], ...]:
    """The parts of a refresh in their order: what is due within seven days of the anchor first."""
    due = Q(duedate__lte=anchor + SOON)
    near = Q(starttime__gte=anchor - DAY, starttime__lte=anchor + SOON)
    return ("task", due), ("event", near), ("habit", Q()), ("task", ~due), ("event", ~near)
