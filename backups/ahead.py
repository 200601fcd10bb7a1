"""What comes, from now or from a day on, events and tasks among one another. Reads only."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db.models import F, Q

from backups.agenda import Group, boxes
from backups.boxes import EventBox, TaskBox
from backups.calendars import WallClock, day_after
from backups.models import Backup, Event, Task
from planner.times import FOREVER, midnight

A_PAGE = 100


class Coming(NamedTuple):
    """One entry, the day it is listed under, and its moment in unix seconds."""

    day: date
    at: int
    entry: EventBox | TaskBox


@dataclass(frozen=True)
class Ahead:
    """A page of what comes, day by day, and the day with which the next page begins, if any."""

    days: list[Group]
    later: date | None


def ahead(backup: Backup, clock: WallClock, first: date) -> Ahead:
    """Return what comes from a day on, or from now on where it is today.

    A page ends between two days, except where a single day fills it.
    """
    begin = clock.now if first == clock.today else midnight(first, clock.zone)
    found = sorted(_coming(backup, clock, begin), key=lambda one: (one.at, one.entry.name))
    shown, later = found[:A_PAGE], None
    if len(found) > A_PAGE:
        later = found[A_PAGE].day
        shown = [one for one in shown if one.day < later] or shown
        later = later if shown[-1].day < later else day_after(later)
    days = groupby(shown, key=lambda one: one.day)
    return Ahead([Group(day, [one.entry for one in group]) for day, group in days], later)


def _coming(backup: Backup, clock: WallClock, begin: int) -> list[Coming]:
    # What goes on then stands first, under the day that the list begins with.
    lasting = Q(starttime__gt=begin - F("duration")) | Q(starttime__gte=begin)
    events = Event.objects.of(backup).alive().filter(lasting).order_by("starttime", "name", "uuid")
    tasks = Task.objects.of(backup).alive().filter(completion=0, duedate__gte=begin)
    tasks = tasks.exclude(duedate=FOREVER).order_by("duedate", "name", "uuid")
    found = []
    for event in boxes(events[: A_PAGE + 1]):
        at = max(event.starttime, begin)
        found.append(Coming(clock.day(at), at, event))
    for task in boxes(tasks[: A_PAGE + 1]):
        found.append(Coming(clock.day(task.duedate), task.duedate, task))
    return found
