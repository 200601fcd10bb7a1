"""What a line of plain words becomes on a device's clock: a task, or an event.

The quick-add form shows it before it is written, and the rules of pushes judge it as any entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from uuid import UUID, uuid4

from django.db import transaction

from backups import changes, quick_add
from backups.actors import Actor
from backups.calendars import LAST_MINUTE, WallClock
from backups.items import Item
from backups.kinds import NAME
from backups.models import Backup, Event, Task
from backups.phrases import Reader
from backups.quick_add import Reading
from planner.problems import RuleError
from planner.times import FOREVER, midnight, next_midnight

MINUTE = 60
USUAL_MINUTES = 60
TASK, EVENT = "task", "event"
FOREIGN = {TASK: "length", EVENT: "priority"}
"""What a line may say that an entry of a kind has no place for."""


@dataclass(frozen=True)
class Draft:
    """One line, read: `entry` is unsaved, or None for an event of which the line says no day.

    `fault` is what is wrong with its name, as `Kind.fault` names it; `skipped` the time that a
    clock change leaves out on that day, so that the entry comes as much later.
    """

    line: str
    reading: Reading
    kind: str
    entry: Task | Event | None
    fault: str | None = None
    skipped: clock_time | None = None

    @property
    def fields(self) -> dict[str, int | str]:
        """The registers of the entry, as a push brings them."""
        return {name: getattr(self.entry, name) for name in self.entry.kind.needed}


def draft(line: str, reader: Reader, *, kind: str = TASK, day: date | None = None) -> Draft:
    """Read a line as a task, or as an event where it says from when to when.

    `kind` is what it becomes otherwise, and `day` its day when it names none.
    """
    reading = quick_add.read(line, reader)
    kind = EVENT if reading.is_span else kind
    reading = _fitting(reading, kind)
    fault = NAME(reading.name)
    day = reading.day or _usual_day(reading, reader.clock, day, kind)
    skipped = _skipped(reading, reader.clock, day)
    entry = None
    if kind == TASK:
        entry = _task(reading, reader.clock, day)
    elif day:
        entry = _event(reading, reader.clock, day)
    return Draft(line, reading, kind, entry, fault, skipped)


def lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, without the marks of a list before them."""
    stripped = (line.strip().lstrip("-*•☐ \t").strip() for line in text.splitlines())
    return [line for line in stripped if line]


def add(backup: Backup, found: Sequence[Draft], actor: Actor) -> tuple[int, list[UUID]]:
    """Write drafts in one push; return its revision and the new entries' ids.

    Raises RuleError `quota-exceeded` when not all have room: then none is written.
    """
    ids = [uuid4() for _ in found]
    items = [Item(one.kind, str(id), one.fields) for one, id in zip(found, ids, strict=True)]
    with transaction.atomic():
        pushed = changes.push(backup, items, actor)
        for result in pushed.results:
            if result.errors:
                raise RuleError("quota-exceeded", result.errors[0]["detail"])
    return pushed.revision, ids


def _fitting(reading: Reading, kind: str) -> Reading:
    """Give words back to the name that say what this kind has not: a task's length, …"""
    field = FOREIGN[kind]
    foreign = [part for part in reading.parts if part.kind == field]
    if not foreign:
        return reading
    others = tuple(part for part in reading.parts if part.kind != field)
    name = " ".join([reading.name, *(part.words for part in foreign)])
    return reading._replace(name=name, parts=others)


def _usual_day(reading: Reading, clock: WallClock, day: date | None, kind: str) -> date | None:
    """Return the day of a line that names none: of a time alone, when the clock shows it next."""
    if reading.time is None:
        # The day of a page is that of its tasks; an event without any time is not planned yet.
        return day if kind == TASK else None
    if day and day != clock.today:
        return day
    is_over = clock.nearest(clock.today, reading.time) <= clock.now
    return clock.today + timedelta(days=is_over)


def _skipped(reading: Reading, clock: WallClock, day: date | None) -> clock_time | None:
    if day is None or reading.time is None or clock.seconds(day, reading.time) is not None:
        return None
    return reading.time


def _task(reading: Reading, clock: WallClock, day: date | None) -> Task:
    due = FOREVER if day is None else clock.nearest(day, reading.time or LAST_MINUTE)
    return Task(name=reading.name, priority=reading.priority or 1, duedate=due)


def _event(reading: Reading, clock: WallClock, day: date) -> Event:
    if reading.time is None:
        begin, end = max(0, midnight(day, clock.zone)), next_midnight(day, clock.zone)
    else:
        begin = clock.nearest(day, reading.time)
        end = _end(reading, clock, day, begin)
    return Event(name=reading.name, starttime=begin, duration=end - begin)


def _end(reading: Reading, clock: WallClock, day: date, begin: int) -> int:
    if reading.ends is None:
        return begin + (reading.minutes or USUAL_MINUTES) * MINUTE
    last = day if reading.ends > reading.time else day + timedelta(days=1)
    end = clock.nearest(last, reading.ends)
    # Where a clock change skips the beginning, it comes later, and its length is what was said.
    said = datetime.combine(last, reading.ends) - datetime.combine(day, reading.time)
    return end if end > begin else begin + int(said.total_seconds())
