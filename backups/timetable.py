"""Days side by side, hour by hour: what stands where. Pure; the pages of week and day call it.

A box stands on rows of a quarter of an hour and on columns that are a sixtieth of its day wide, so
that a day can be parted into any number of lanes up to six. Each day is laid out twice, for a wide
screen and for a narrow one, which has fewer lanes; the page shows the one that fits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from backups import hours, lanes
from backups.calendars import LAST_MINUTE, WallClock, last_day
from backups.hours import Axis, Run, Stretch

SIXTIETHS = 60
AN_HOUR = 4
LEAST_ROWS = 2
USUAL_HOURS = 28, 84
"""The rows from 07:00 to 21:00, which are shown in any case."""

WHOLE_DAY = 86_400
FIVE_MINUTES = 300


class Most(NamedTuple):
    """How much of a day is shown: lanes, lanes of a narrow screen, boxes, bars of whole days, and
    tasks without a time.
    """

    lanes: int
    narrow: int
    boxes: int
    bars: int
    tasks: int


WEEK = Most(lanes=3, narrow=2, boxes=20, bars=3, tasks=3)
DAY = Most(lanes=6, narrow=3, boxes=60, bars=6, tasks=0)


class Span(NamedTuple):
    """From which sixtieth of a day something stands, and how many it is wide."""

    x: int
    w: int


@dataclass(frozen=True)
class Box:
    """Something at its hours: `y` and `h` in rows, and where it stands on a wide and on a narrow
    screen, None where it does not.

    It is an entry, or the first of `count` for which lanes of their own would be too narrow.
    """

    entry: Any
    y: int
    h: int
    wide: Span | None
    narrow: Span | None
    count: int = 1


@dataclass(frozen=True)
class Bar:
    """An event of whole days, on `days` columns from number `first` on, counted from 1."""

    event: Any
    first: int
    days: int
    begins: bool
    ends: bool


class Now(NamedTuple):
    """The row of the present, and how many fives of minutes of it are over."""

    row: int
    past: int

    @property
    def fives(self) -> int:
        """How many fives of minutes there are from the first row on."""
        return self.row * hours.QUARTER // FIVE_MINUTES + self.past


@dataclass
class Column:
    """One day: its boxes, the rows it lacks, its tasks without a time, and how many more."""

    day: date
    boxes: list[Box] = field(default_factory=list)
    gaps: list[Run] = field(default_factory=list)
    tasks: list = field(default_factory=list)
    more: int = 0
    now: Now | None = None


@dataclass(frozen=True)
class Hour:
    """A full hour on the clock, at its row; `again` where it comes for the second time."""

    row: int
    at: datetime
    again: bool


@dataclass
class Timetable:
    """Days side by side on `rows` rows."""

    columns: list[Column]
    bars: list[Bar]
    hours: list[Hour]
    rows: int
    first: int | None
    """The quarter of the day at the first row, None where a clock changes on one of the days."""

    @property
    def days(self) -> int:
        return len(self.columns)


def timetable(entries: Mapping[date, Sequence], clock: WallClock, most: Most) -> Timetable:
    """Lay the entries of a few days out, which are given day by day in the order of their times."""
    days = list(entries)
    axis = hours.axis(days, clock.zone)
    columns = [Column(day) for day in days]
    bars = _bars(entries, columns, clock, most.bars)
    timed = {}
    for column, stretch in zip(columns, axis.days, strict=True):
        timed[column.day] = _timed(entries[column.day], column, stretch, axis, clock, most)
        column.gaps = axis.gaps(stretch)
        column.now = _now(column.day, stretch, axis, clock)
    top, bottom = _shown(axis, timed.values(), columns)
    for column in columns:
        column.boxes = _boxes(timed[column.day], top, most)
        column.gaps = [Run(gap.first - top, gap.rows) for gap in column.gaps]
        column.now = column.now and Now(column.now.row - top, column.now.past)
    shown = [
        Hour(row - top, at, bool(at.fold))
        for row, at in axis.hours(clock.zone).items()
        if top <= row < bottom
    ]
    first = top if axis.is_usual else None
    return Timetable(columns, bars, shown, bottom - top, first)


def is_of_days(event: Any, clock: WallClock) -> bool:
    """Return whether an event is of whole days: it lasts one, or from one midnight to another."""
    if event.duration >= WHOLE_DAY:
        return True
    day = hours.stretch(clock.day(event.starttime), clock.zone)
    return event.starttime == day.begin and event.starttime + event.duration >= day.end


def has_time(task: Any, clock: WallClock) -> bool:
    """Return whether a task is due at a time, not only on a day."""
    return clock.local(task.duedate).time().replace(second=0) != LAST_MINUTE


def _bars(
    entries: Mapping[date, Sequence], columns: list[Column], clock: WallClock, most: int
) -> list[Bar]:
    found, taken = [], Counter()
    of_days = {
        entry.uuid: entry
        for day in entries.values()
        for entry in day
        if entry.kind.name == "event" and is_of_days(entry, clock)
    }
    for event in of_days.values():
        begins = clock.day(event.starttime)
        ends = last_day(event.starttime, event.duration, clock.zone)
        touched = [index for index, column in enumerate(columns) if begins <= column.day <= ends]
        if any(taken[index] >= most for index in touched):
            for index in touched:
                columns[index].more += 1
            continue
        taken.update(touched)
        first, last = columns[touched[0]].day, columns[touched[-1]].day
        found.append(Bar(event, touched[0] + 1, len(touched), begins == first, ends == last))
    return found


def _timed(
    entries: Sequence, column: Column, stretch: Stretch, axis: Axis, clock: WallClock, most: Most
) -> list[tuple[Run, Any]]:
    """Return what has hours, with its rows, in their order; put the tasks without into the day."""
    found = []
    tasks = []
    for entry in entries:
        if entry.kind.name == "task" and not has_time(entry, clock):
            tasks.append(entry)
        elif entry.kind.name == "task":
            found.append((axis.run(stretch, entry.duedate, entry.duedate, LEAST_ROWS), entry))
        elif not is_of_days(entry, clock):
            begin = max(entry.starttime, stretch.begin)
            end = min(entry.starttime + entry.duration, stretch.end)
            found.append((axis.run(stretch, begin, end, LEAST_ROWS), entry))
    column.tasks = tasks[: most.tasks]
    column.more += len(tasks) - len(column.tasks) if most.tasks else 0
    found.sort(key=lambda one: one[0].first)
    column.more += max(len(found) - most.boxes, 0)
    return list(islice(found, most.boxes))


def _shown(axis: Axis, timed: Any, columns: list[Column]) -> tuple[int, int]:
    """Return the first and the last row of the hours that are shown: the night only if it is used.

    Days on which a clock changes are shown whole.
    """
    if not axis.is_usual:
        return 0, axis.rows
    runs = [run for day in timed for run, _entry in day]
    runs += [Run(column.now.row, 1) for column in columns if column.now]
    top = min([USUAL_HOURS[0], *(run.first for run in runs)])
    bottom = max([USUAL_HOURS[1], *(run.first + run.rows for run in runs)])
    return top // AN_HOUR * AN_HOUR, -(-bottom // AN_HOUR) * AN_HOUR


def _boxes(timed: list[tuple[Run, Any]], top: int, most: Most) -> list[Box]:
    """Return what stands at its hours: the same box on both screens where it holds the same."""
    runs = [run for run, _entry in timed]
    wide, narrow = (
        {place.held: place for place in lanes.side_by_side(runs, count)}
        for count in (most.lanes, most.narrow)
    )
    found = []
    for held in sorted(wide | narrow):
        place = wide.get(held) or narrow[held]
        spans = (_span(held, places) for places in (wide, narrow))
        rows = place.run.first - top, place.run.rows
        found.append(Box(timed[held[0]][1], *rows, *spans, len(held)))
    return found


def _span(held: tuple[int, ...], places: Mapping[tuple[int, ...], lanes.Place]) -> Span | None:
    if held not in places:
        return None
    width = SIXTIETHS // places[held].of
    return Span(places[held].lane * width, places[held].wide * width)


def _now(day: date, stretch: Stretch, axis: Axis, clock: WallClock) -> Now | None:
    if day != clock.today or not stretch.quarters:
        return None
    row = axis.row(stretch, stretch.quarter(clock.now))
    return Now(row, (clock.now - stretch.begin) % hours.QUARTER // FIVE_MINUTES)
