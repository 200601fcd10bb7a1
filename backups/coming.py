"""What comes, from now or from a day on, events and tasks among one another. Reads only."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from backups.agenda import Group, boxes
from backups.boxes import EventBox, TaskBox
from backups.calendars import WallClock, day_after
from backups.models import Backup, Event, Task
from planner.times import midnight

A_PAGE = 100


class _Placed(NamedTuple):
    """One entry, the day it is listed under, and its moment in unix seconds."""

    day: date
    at: int
    entry: EventBox | TaskBox


@dataclass(frozen=True)
class Coming:
    """A page of what comes, day by day, and the day with which the next page begins, if any."""

    days: list[Group]
    later: date | None


def what_comes(backup: Backup, clock: WallClock, first: date) -> Coming:
    """Return what comes from a day on, or from now on where it is today.

    A page ends between two days, except where a single day fills it.
    """
    begin = clock.now if first == clock.today else midnight(first, clock.zone)
    found = sorted(_placed(backup, clock, begin), key=lambda one: (one.at, one.entry.name))
    shown, later = found[:A_PAGE], None
    if len(found) > A_PAGE:
        later = found[A_PAGE].day
        shown = [one for one in shown if one.day < later] or shown
        later = later if shown[-1].day < later else day_after(later)
    days = groupby(shown, key=lambda one: one.day)
    return Coming([Group(day, [one.entry for one in group]) for day, group in days], later)


def _placed(backup: Backup, clock: WallClock, begin: int) -> list[_Placed]:
    # What goes on then stands first, under the day that the list begins with.
    events = Event.objects.of(backup).alive().from_moment(begin).by_start()
    tasks = Task.objects.of(backup).alive().filter(completion=0, duedate__gte=begin)
    tasks = tasks.dated().order_by("duedate", "name", "uuid")
    found = []
    for event in boxes(events[: A_PAGE + 1]):
        at = max(event.starttime, begin)
        found.append(_Placed(clock.day(at), at, event))
    for task in boxes(tasks[: A_PAGE + 1]):
        found.append(_Placed(clock.day(task.duedate), task.duedate, task))
    return found
