"""A plan as somebody may have it, around a given day, for `manage.py demo`. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from backups.items import Item
from planner.times import FOREVER, day_seconds, weekday_mask

HOUR = 3600
EVERY_DAY, WEEKDAYS = 0x7F, 0x3E
TUESDAY, THURSDAY, SUNDAY = 0x10, 0x04, 0x40
WEEKS_BACK = 5


class Task(NamedTuple):
    """`days` from today on, at a time of the clock; None for a task without a date."""

    name: str
    priority: int
    days: int | None
    at: str = "12:00"
    description: str = ""
    completion: int = 0


class Event(NamedTuple):
    """`days` from today on, at a time of the clock, for some hours."""

    name: str
    days: int
    at: str
    hours: float
    description: str = ""


class Habit(NamedTuple):
    """`missed` are the days back from today on which it was due and not done, 0 for today."""

    name: str
    goal: int
    missed: tuple[int, ...]


TASKS = (
    Task("Renew the library books", 2, -1, "18:00", "Three of them; the atlas cannot be renewed."),
    Task("Buy bread and milk", 1, -1, "17:00", completion=1),
    Task("Call the dentist about Thursday", 3, 0, "11:30", "Ask whether 10:00 still stands."),
    Task("Reply to Noor about the weekend", 2, 0, "17:00"),
    Task("Water the plants", 1, 0, "18:30"),
    Task("Take out the recycling", 2, 0, "21:00", "Paper and glass; the van comes at six."),
    Task("Send the signed lease back", 2, 0, "09:00", completion=1),
    Task("Pay the electricity bill", 3, 1, "09:00"),
    Task("Book the train to Leipzig", 2, 2, "20:00", "Window seats, with the bicycles."),
    Task("Return the drill to Sam", 1, 3, "18:00"),
    Task("Prepare the talk on herons", 3, 5, "12:00", "Ten minutes, five pictures."),
    Task("Find a present for Mum", 2, 8, "12:00"),
    Task("Learn one song on the ukulele", 1, None),
    Task("Sort the photos of last summer", 1, None, description="Keep two hundred at most."),
)
EVENTS = (
    Event("Swimming with Ada", -1, "07:30", 1),
    Event("Team round", 0, "09:15", 0.5),
    Event("Lunch with Ines", 0, "12:30", 1, "The place by the canal."),
    Event("Choir", 0, "19:30", 1.5, "Bring the green folder."),
    Event("Dentist", 1, "10:00", 0.75),
    Event("Parents' evening", 2, "18:00", 2, "Room 14."),
    Event("Weekend in the hills", 4, "15:00", 48, "Train at 15:12 from platform 9."),
    Event("Team round", 7, "09:15", 0.5),
    Event("Eye test", 12, "08:40", 0.5),
)
HABITS = (
    Habit("Read for twenty minutes", EVERY_DAY, (0, 4, 11, 12, 23)),
    Habit("Run", TUESDAY | THURSDAY | SUNDAY, (9, 10, 18)),
    Habit("Practise the ukulele", WEEKDAYS, (0, 1, 6, 7, 13, 20, 21, 27)),
    Habit("Write to somebody", SUNDAY, (8, 22)),
)


def items(today: date, zone: ZoneInfo) -> Iterator[Item]:
    """Yield the items that make the plan of a person whose day is `today`."""
    for task in TASKS:
        fields = {name: getattr(task, name) for name in ("name", "description", "priority")}
        due = FOREVER if task.days is None else _moment(today, task.days, task.at, zone)
        yield _new("task", **fields, completion=task.completion, duedate=due)
    for event in EVENTS:
        start = _moment(today, event.days, event.at, zone)
        fields = {"name": event.name, "description": event.description}
        yield _new("event", **fields, starttime=start, duration=int(event.hours * HOUR))
    for habit in HABITS:
        yield _new("habit", _days_done(habit, today), name=habit.name, goal=habit.goal)


def _new(kind: str, days: dict[int, bool] | None = None, **fields: int | str) -> Item:
    return Item(kind, str(uuid4()), fields, days or {})


def _moment(today: date, days: int, at: str, zone: ZoneInfo) -> int:
    day = today + timedelta(days=days)
    return int(datetime.combine(day, clock.fromisoformat(at), zone).timestamp())


def _days_done(habit: Habit, today: date) -> dict[int, bool]:
    back = (today - timedelta(days=number) for number in range(WEEKS_BACK * 7))
    return {
        day_seconds(day): True
        for number, day in enumerate(back)
        if number not in habit.missed and weekday_mask(day) & habit.goal
    }
