"""What pages show of the tasks and events of a plan: today, lists, the month. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Window

from backups import calendars
from backups.boxes import EventBox, TaskBox
from backups.calendars import WallClock
from backups.models import Backup, EntryQuerySet, Event, EventQuerySet, Task, TaskQuerySet
from devices.models import Device
from planner import formats, times
from planner.times import DAY, FOREVER, midnight, next_midnight

GROUPS = ("past", "today", "week", "later", "undated", "done")
WEEK_DAYS = 7
PAST_EVENTS = 30
MEANWHILE = 3
AHEAD = 8


@dataclass(frozen=True)
class Group:
    """A heading's key, what stands under it, and how much there is on other pages too."""

    key: str
    items: list
    count: int = 0


class Beginning(NamedTuple):
    """The first entries of a list, and how many all are."""

    items: list
    count: int

    @property
    def more(self) -> int:
        """How many entries there are besides."""
        return self.count - len(self.items)


def clock_of(device: Device) -> WallClock:
    """Return the device's clock as of now, with the reader's first day of a week."""
    return WallClock(times.now(), ZoneInfo(device.time_zone), formats.first_weekday())


def beginning(entries: EntryQuerySet, most: int) -> Beginning:
    """Return so many entries of a list and count them all, in one query."""
    items = list(entries.annotate(count=Window(Count("*")))[:most])
    return Beginning(items, items[0].count if items else 0)


def tasks_of_day(backup: Backup, clock: WallClock, day: date) -> TaskQuerySet:
    """Return the tasks due on a day, in the device's order."""
    return _tasks_between(backup, *_bounds(day, day, clock)).device_order()


def overdue(backup: Backup, clock: WallClock) -> TaskQuerySet:
    """Return the open tasks that were due before today, in the device's order."""
    before = midnight(clock.today, clock.zone)
    open_tasks = Task.objects.of(backup).shown().filter(completion=0, duedate__lt=before)
    return open_tasks.device_order()


def grouped_tasks(
    tasks: Iterable[Task], counts: Mapping[str, int], clock: WallClock
) -> list[Group]:
    """Return tasks under their groups; empty ones are left out, `counts` are of the whole list."""
    groups: dict[str, list[Task]] = {key: [] for key in GROUPS}
    for task in tasks:
        groups[group_of(task, clock)].append(task)
    return [Group(key, items, counts[key]) for key, items in groups.items() if items]


def group_of(task: Task, clock: WallClock) -> str:
    """Return the group that a task stands in: past, today, week, later, undated or done."""
    if task.completion:
        return "done"
    if not task.has_date:
        return "undated"
    days = (clock.day(task.duedate) - clock.today).days
    if days <= 0:
        return "today" if days == 0 else "past"
    return "week" if days <= WEEK_DAYS else "later"


def count_groups(tasks: TaskQuerySet, clock: WallClock) -> dict[str, int]:
    """Return how many of the tasks stand in each group, in one query."""
    counted = {key: Count("pk", filter=part) for key, part in _parts(clock).items()}
    return tasks.order_by().aggregate(**counted)


def in_groups(tasks: TaskQuerySet, groups: Iterable[str], clock: WallClock) -> TaskQuerySet:
    """Return those of the tasks that stand in one of the groups."""
    parts = _parts(clock)
    return tasks.filter(reduce(or_, (parts[key] for key in groups)))


def _parts(clock: WallClock) -> dict[str, Q]:
    """Return what makes a task stand in each group."""
    today, week = clock.today, clock.today + timedelta(days=WEEK_DAYS)
    begin, end = _bounds(today, today, clock)
    after_week = next_midnight(week, clock.zone)
    return {
        "past": Q(completion=0, duedate__lt=begin),
        "today": Q(completion=0, duedate__gte=begin, duedate__lt=end),
        "week": Q(completion=0, duedate__gte=end, duedate__lt=after_week),
        "later": Q(completion=0, duedate__gte=after_week, duedate__lt=FOREVER),
        "undated": Q(completion=0, duedate=FOREVER),
        "done": Q(completion=1),
    }


def events_of_days(backup: Backup, clock: WallClock, first: date, last: date) -> EventQuerySet:
    """Return the events that touch the days from first to last, in the order of their start."""
    begin, end = _bounds(first, last, clock)
    touching = Q(starttime__gte=begin, starttime__lt=end) | Q(
        starttime__lt=begin, starttime__gt=begin - F("duration")
    )
    return Event.objects.of(backup).shown().filter(touching).by_start()


def events_ahead(backup: Backup, clock: WallClock) -> EventQuerySet:
    """Return the events that are not over: active ones, then those to come."""
    return Event.objects.of(backup).shown().from_moment(clock.now).by_start()


def events_past(backup: Backup, clock: WallClock) -> EventQuerySet:
    """Return the events that ended last, the latest first."""
    past = (
        Event.objects.of(backup)
        .shown()
        .filter(starttime__lte=clock.now - F("duration"), starttime__lt=clock.now)
    )
    return past.order_by("-starttime", "name", "uuid")[:PAST_EVENTS]


def events_by_day(events: Iterable[Event], clock: WallClock) -> list[Group]:
    """Return events to come under the day each begins on; what began before stands under today."""
    groups: dict[date, list[Event]] = {}
    for event in events:
        groups.setdefault(max(clock.day(event.starttime), clock.today), []).append(event)
    return [Group(day, items) for day, items in groups.items()]


def meanwhile(backup: Backup, event: Event) -> list[Event]:
    """Return the first events that overlap with one, in the order of their start."""
    others = Event.objects.of(backup).shown().exclude(uuid=event.uuid)
    overlap = Q(starttime__lt=event.endtime, starttime__gt=event.starttime - F("duration"))
    return list(others.filter(overlap).by_start()[:MEANWHILE])


def is_active(event: Event | EventBox, clock: WallClock) -> bool:
    """Return whether an event goes on now."""
    return event.starttime <= clock.now < event.endtime


def next_event(backup: Backup, clock: WallClock) -> EventBox | None:
    """Return the event that goes on now, or else the next one.

    What lasts a day or longer, as a journey does, stands back behind what else today has.
    """
    ahead = boxes(events_ahead(backup, clock)[:AHEAD])
    _begin, tonight = _bounds(clock.today, clock.today, clock)
    return min(ahead, key=lambda one: one.duration >= DAY or one.starttime >= tonight, default=None)


def entries_by_day(
    backup: Backup, clock: WallClock, days: list[date], *, whole: bool = False
) -> dict[date, list]:
    """Return the events, then the tasks, of each of the days, which follow one another.

    Boxes of a calendar show little of them; rows need the `whole` of each.
    """
    events = events_of_days(backup, clock, days[0], days[-1])
    tasks = _tasks_between(backup, *_bounds(days[0], days[-1], clock)).device_order()
    if not whole:
        events, tasks = boxes(events), boxes(tasks)
    found = calendars.by_day(events, lambda event: event_days(event, clock), days)
    for day, items in calendars.by_day(tasks, lambda task: _task_days(task, clock), days).items():
        found[day] += items
    return found


def boxes(entries: EntryQuerySet) -> list[EventBox] | list[TaskBox]:
    """Return what boxes of a calendar show of events or of tasks."""
    box = EventBox if entries.model is Event else TaskBox
    return list(map(box._make, entries.values_list(*box._fields)))


def event_days(event: Event | EventBox, clock: WallClock) -> tuple[date, date]:
    """Return the first and the last day that an event touches on the device's clock."""
    return clock.days(event.starttime, event.duration)


def is_all_day(event: Event, clock: WallClock) -> bool:
    """Return whether an event begins and ends where days of the device's clock do."""
    return clock.fills_days(event.starttime, event.duration)


def _task_days(task: Task | TaskBox, clock: WallClock) -> tuple[date, date]:
    day = clock.day(task.duedate)
    return day, day


def _tasks_between(backup: Backup, begin: int, end: int) -> TaskQuerySet:
    dated = Task.objects.of(backup).shown().dated()
    return dated.filter(duedate__gte=begin, duedate__lt=end)


def _bounds(first: date, last: date, clock: WallClock) -> tuple[int, int]:
    return midnight(first, clock.zone), next_midnight(last, clock.zone)
