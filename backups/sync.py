"""Pulling: what a device must read to be where the server is, in pages. sync.md, cursors.

Reads only, and holds no transaction open. A delta goes by revision; a full refresh by phases, what
is due soon first, pinned to the revision at which it began.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from django.db import connection
from django.db.models import Q

from backups.cursors import Cursor, Inside, Refresh, at_revision, present
from backups.kinds import TYPES
from backups.lines import fitted
from backups.models import Backup
from backups.outcomes import Pushed
from backups.reading import HABIT, Row, dated, days_since, living, with_days
from planner.prepared import Prepared
from planner.times import DAY

SOON = 7 * DAY
BRANCH = """SELECT * FROM (SELECT {number} AS number, uuid, revision, wire FROM backups_{kind}
WHERE backup_id = %s AND revision <= %s AND {beyond} ORDER BY revision, uuid LIMIT %s) AS {kind}s"""
# Only what is sent is asked for its days, behind the limit.
TICKED = f"""CASE WHEN number = {HABIT} THEN (SELECT string_agg(CAST(day AS text), ',') FROM (
SELECT day FROM backups_habitday WHERE backup_id = %s AND habit_uuid = news.uuid AND done
AND day >= %s ORDER BY day) AS ticked) END"""  # noqa: S608 - a number of our own
NEWS = """SELECT number, revision, wire, {ticked} FROM ({branches}) AS news
ORDER BY revision, number, uuid LIMIT %s"""
LATER, LATER_OR_HERE = "revision > %s", "revision >= %s"
INSIDE = "(revision > %s OR (revision = %s AND uuid > %s))"


@dataclass
class Page:
    """One answer's entries in their order, the cursor behind them, and whether more follow."""

    cursor: Cursor
    more: bool = False
    rows: list[Row] = field(default_factory=list)


def pull(
    backup: Backup,
    since: Cursor | None,
    *,
    limit: int,
    now: int,
    room: int | None = None,
    max_line: int | None = None,
    pushed: Pushed | None = None,
) -> Page:
    """Return the next page after a cursor, or the first of a full refresh without one.

    A page holds at most `limit` entries and `room` bytes of JSON, but one entry at least;
    `max_line` shortens an entry to a line of so many bytes. What the caller itself `pushed` is
    left out where nobody else changed it since the cursor.
    """
    if since is not None and since == present(backup):
        return Page(since)
    if pushed is not None and _is_all_echo(backup, since, pushed):
        return Page(present(backup))
    since = since or start(backup, now)
    rows = list(islice(after(backup, since, limit + 1, now), limit + 1))
    page = with_days(backup, rows[:limit], now)
    page = [row for row in page if not _is_echo(row, since, pushed)]
    if max_line:
        page = [row._replace(wire=fitted(row.kind, row.wire, max_line)) for row in page]
    fits = _count_in(room, page)
    if fits < len(page):
        page = page[:fits]
        return Page(standing_on(backup, since, page[-1]), True, page)
    if len(rows) > limit:
        return Page(standing_on(backup, since, rows[limit - 1]), True, page)
    return Page(end_of(backup, since), False, page)


def start(backup: Backup, now: int) -> Cursor:
    """Return the cursor at which a full refresh begins."""
    pin = present(backup)
    return Cursor(pin.epoch, pin.revision, pin.fingerprint, Refresh(now, 0, None))


def after(backup: Backup, since: Cursor, size: int, now: int) -> Iterator[Row]:
    """Yield at least `size` rows behind a cursor, or all there are, in the order of its pages."""
    if isinstance(since.position, Refresh):
        return _refreshed(backup, since.position)
    return iter(_changed(backup, since, size, now))


def standing_on(backup: Backup, since: Cursor, row: Row) -> Cursor:
    """Return the cursor behind a row of the pages that began at `since`."""
    if isinstance(since.position, Refresh):
        position = Refresh(since.position.anchor, row.phase, row.uuid)
        return Cursor(since.epoch, since.revision, since.fingerprint, position)
    return at_revision(backup, row.revision, Inside(row.number, row.uuid))


def end_of(backup: Backup, since: Cursor) -> Cursor:
    """Return the cursor when nothing more follows: a refresh ends where it was pinned."""
    if isinstance(since.position, Refresh):
        return Cursor(since.epoch, since.revision, since.fingerprint)
    return present(backup)


def _changed(backup: Backup, since: Cursor, size: int, now: int) -> list[Row]:
    """Read the rows behind a place in the order (revision, kind, id), in one statement.

    Nothing above the backup's revision as it was read: what comes meanwhile is the next delta's.
    """
    conditions, values = [], [backup.pk, days_since(now)]
    for number in range(len(TYPES)):
        beyond, place = _beyond(since, number)
        conditions.append(beyond)
        values += [backup.pk, backup.revision, *place, size]
    with connection.cursor() as cursor:
        _statement(*conditions).run(cursor, [*values, size])
        return [
            dated(Row(number, revision, wire), days or "")
            for number, revision, wire, days in cursor.fetchall()
        ]


@cache
def _statement(*conditions: str) -> Prepared:
    branches = [
        BRANCH.format(number=number, kind=TYPES[number], beyond=beyond)
        for number, beyond in enumerate(conditions)
    ]
    news = NEWS.format(ticked=TICKED, branches=" UNION ALL ".join(branches))
    return Prepared(news, sqlite=news.replace("string_agg", "group_concat"))


def _beyond(since: Cursor, number: int) -> tuple[str, list]:
    """Return the condition, and its values, of the rows of one kind behind a cursor."""
    at = since.position
    if not isinstance(at, Inside) or number < at.number:
        return LATER, [since.revision]
    if number > at.number:
        return LATER_OR_HERE, [since.revision]
    native = connection.features.has_native_uuid_field
    return INSIDE, [since.revision, since.revision, at.uuid if native else at.uuid.hex]


def _refreshed(backup: Backup, begin: Refresh) -> Iterator[Row]:
    """Yield the living entries behind a place, phase by phase in the order of their ids."""
    for phase, (kind, part) in enumerate(_phases(begin.anchor)):
        if phase >= begin.phase:
            last = begin.uuid if phase == begin.phase else None
            yield from living(backup, TYPES.index(kind), part, phase=phase, after=last)


def _phases(anchor: int) -> tuple[tuple[str, Q], ...]:
    """The parts of a refresh in their order: what is due within seven days of the anchor first."""
    due = Q(duedate__gte=anchor - DAY, duedate__lte=anchor + SOON)
    near = Q(starttime__gte=anchor - DAY, starttime__lte=anchor + SOON)
    return ("task", due), ("event", near), ("habit", Q()), ("task", ~due), ("event", ~near)


def _is_all_echo(backup: Backup, since: Cursor | None, pushed: Pushed) -> bool:
    """Return whether nothing but the push itself came since, without reading the entries."""
    if since is None or since.position is not None or pushed.partly:
        return False
    # A push that changed nothing made no revision: the newest one is somebody else's.
    if not any(result.outcome == "applied" for result in pushed.results):
        return False
    return backup.revision == pushed.revision == since.revision + 1


def _is_echo(row: Row, since: Cursor, pushed: Pushed | None) -> bool:
    if pushed is None or row.revision != pushed.revision:
        return False
    before = pushed.whole.get((row.kind, row.id))
    return before is not None and before <= since.revision


def _count_in(room: int | None, rows: list[Row]) -> int:
    """Return how many of the rows fit into so many bytes: one at least."""
    if room is None:
        return len(rows)
    for number, row in enumerate(rows):
        room -= len(row.wire.encode()) + 1
        if room < 0:
            return max(1, number)
    return len(rows)
