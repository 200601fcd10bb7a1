"""Plans as tables for spreadsheets: one for each kind, and one for the days of habits."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backups.stills import Still
from planner import sheets
from planner.times import FOREVER, SUNDAY_MASK, local, seconds_day

WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
COLUMNS = (
    *("type", "id", "name", "description", "completion", "priority", "duedate"),
    *("starttime", "duration", "goal", "completed"),
)
Rows = Iterator[tuple]


class Table(NamedTuple):
    """A table: which kind of entries it is about, its header, and the rows of one entry."""

    kind: str
    header: tuple[str, ...]
    rows: Callable[[Still, ZoneInfo], Rows]


def as_csv(table: Table, stills: Iterable[Still], zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a table as CSV, a line at a time, with times on the clocks of `zone`."""
    rows = (row for still in stills if still.kind == table.kind for row in table.rows(still, zone))
    return (line.encode() for line in sheets.lines(table.header, rows))


def as_one_csv(stills: Iterable[Still], zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a whole plan as one table, with the fields of the device and times of `zone`."""
    rows = (_whole(still, zone) for still in stills)
    return (line.encode() for line in sheets.lines(COLUMNS, rows))


def _whole(still: Still, zone: ZoneInfo) -> list[str | int]:
    cells = {"type": still.kind, "id": still.id, **still.values}
    for name in ("duedate", "starttime"):
        at = cells.get(name, FOREVER)
        cells[name] = "" if at == FOREVER else _moment(at, zone)
    cells["completed"] = " ".join(seconds_day(day).isoformat() for day in still.days)
    return [cells.get(name, "") for name in COLUMNS]


def _tasks(still: Still, zone: ZoneInfo) -> Rows:
    values = still.values
    due = "" if values["duedate"] == FOREVER else _moment(values["duedate"], zone)
    named = (values["name"], values["description"])
    yield (still.id, *named, values["priority"], values["completion"], due)


def _events(still: Still, zone: ZoneInfo) -> Rows:
    values, start = still.values, still.values["starttime"]
    end = start + values["duration"]
    times = (_moment(start, zone), _moment(end, zone))
    yield (still.id, values["name"], values["description"], *times)


def _habits(still: Still, zone: ZoneInfo) -> Rows:
    goal = still.values["goal"]
    days = (name for number, name in enumerate(WEEKDAYS) if goal & SUNDAY_MASK >> number)
    yield (still.id, still.values["name"], " ".join(days))


def _habit_days(still: Still, zone: ZoneInfo) -> Rows:
    for day in still.days:
        yield (still.id, still.values["name"], seconds_day(day).isoformat())


def _moment(seconds: int, zone: ZoneInfo) -> str:
    return local(seconds, zone).isoformat()


TABLES = {
    "tasks": Table("task", ("id", "name", "description", "priority", "completion", "due"), _tasks),
    "events": Table("event", ("id", "name", "description", "start", "end"), _events),
    "habits": Table("habit", ("id", "name", "weekdays"), _habits),
    "habit-days": Table("habit", ("habit", "name", "day"), _habit_days),
}
