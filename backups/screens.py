"""What a device's screen shows, by its own rules, of the entries that it has. Pure.

The rules are those of the firmware: its order of tasks, the length of a line that it can read, and
the habits that its list leaves out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backups.calendars import WallClock, habit_state, last_day
from backups.kinds import PRIORITY_SECONDS
from backups.lines import line
from backups.stills import Still
from planner.times import FOREVER, day_seconds, weekday_mask

LONGEST_LINE = 1_023
"""Devices of the first generation skip a line with more bytes than this."""

LINES = 12


@dataclass(frozen=True)
class Task:
    """A task on the screen; `at` is None where it has no date."""

    name: str
    priority: int
    is_done: bool
    at: int | None


@dataclass(frozen=True)
class Event:
    """An event of today on the screen."""

    name: str
    at: int
    is_now: bool


@dataclass(frozen=True)
class Habit:
    """A habit of today on the screen; `state` is due, done or extra."""

    name: str
    state: str


@dataclass(frozen=True)
class Screen:
    """The lists of a screen as far as it shows them, and how many tasks it has to be scrolled for.

    `unshown` are the names of habits without a weekday, `long` those of entries in long lines.
    """

    events: list[Event]
    tasks: list[Task]
    below: int
    habits: list[Habit]
    unshown: list[str]
    long: list[str]


def screen(plan: Iterable[Still], clock: WallClock) -> Screen:
    """Return what the screen of a device with these entries shows at the clock's moment."""
    kinds: dict[str, list[Still]] = {"task": [], "event": [], "habit": []}
    for still in plan:
        kinds[still.kind].append(still)
    tasks = sorted(kinds["task"], key=_order)
    habits = sorted(kinds["habit"], key=lambda one: (one.values["name"], one.id))
    everything = [*tasks, *kinds["event"], *habits]
    return Screen(
        events=_events(kinds["event"], clock),
        tasks=[_task(one) for one in tasks[:LINES]],
        below=len(tasks[LINES:]),
        habits=_habits(habits, clock),
        unshown=[one.values["name"] for one in habits if not one.values["goal"]],
        long=[one.values["name"] for one in everything if _is_long(one)],
    )


def _order(task: Still) -> tuple[int, int, str, str]:
    """The order of `TaskQuerySet.device_order`."""
    values = task.values
    due = values["duedate"] - values["priority"] * PRIORITY_SECONDS
    return values["completion"], due, values["name"], task.id


def _task(task: Still) -> Task:
    due = task.values["duedate"]
    at = None if due == FOREVER else due
    return Task(task.values["name"], task.values["priority"], bool(task.values["completion"]), at)


def _events(events: list[Still], clock: WallClock) -> list[Event]:
    found = []
    for event in sorted(events, key=lambda one: (one.values["starttime"], one.id)):
        start, duration = event.values["starttime"], event.values["duration"]
        if clock.day(start) <= clock.today <= last_day(start, duration, clock.zone):
            is_now = start <= clock.now < start + duration
            found.append(Event(event.values["name"], start, is_now))
    return found


def _habits(habits: list[Still], clock: WallClock) -> list[Habit]:
    found, today = [], day_seconds(clock.today)
    for habit in habits:
        goal, done = habit.values["goal"], today in habit.days
        if goal & weekday_mask(clock.today) or (goal and done):
            state = habit_state(goal, clock.today, clock.today, done=done)
            found.append(Habit(habit.values["name"], state))
    return found


def _is_long(still: Still) -> bool:
    return len(line(still.kind, still.wire).encode()) > LONGEST_LINE
