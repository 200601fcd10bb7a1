"""The habits of a plan as a grid: what each of some days is to each habit. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from backups import practice, skips
from backups.calendars import WallClock, habit_state
from backups.models import Backup, EntryQuerySet, Habit, HabitDay
from planner.times import day_seconds, seconds_day, weekday_mask

STREAK_DAYS = 400


@dataclass(frozen=True)
class Cell:
    """What one day is to a habit, as `calendars.habit_state` names it."""

    day: date
    state: str

    @property
    def done(self) -> bool:
        return self.state in ("done", "extra")

    @property
    def open(self) -> bool:
        """Whether it may be ticked: a day that has not come may not."""
        return not self.state.startswith("ahead")


@dataclass(frozen=True)
class Row:
    """One habit, its cells in the order of the days asked for, and the days it was done lately."""

    habit: Habit
    cells: list[Cell]
    done: set[date]
    today: date

    @cached_property
    def streak(self) -> int:
        return practice.streak(self.habit.goal, self.done, self.today, skips.of(self.habit))


def habits(backup: Backup) -> EntryQuerySet:
    """Return the habits of a plan by name."""
    return Habit.objects.of(backup).shown().order_by("name", "uuid")


def rows(backup: Backup, clock: WallClock, days: list[date], chosen: Iterable[Habit]) -> list[Row]:
    """Return the chosen habits with their states on each of the days."""
    shown = list(chosen)
    since = min(days[0], clock.today - timedelta(days=STREAK_DAYS))
    ticked = _ticked(backup, since, [habit.uuid for habit in shown])
    return [_row(habit, ticked.get(habit.uuid, set()), clock, days) for habit in shown]


def cells(habit: Habit, done: set[date], today: date, days: Iterable[date]) -> list[Cell]:
    """Return what each of the days is to a habit that was done on some."""
    skipped = skips.of(habit)
    return [
        Cell(day, habit_state(habit.goal, day, today, done=day in done, skipped=day in skipped))
        for day in days
    ]


def days_done(backup: Backup, habit: Habit) -> set[date]:
    """Return all days on which a habit was ever done."""
    days = HabitDay.objects.of(backup).done().filter(habit_uuid=habit.uuid)
    return {seconds_day(day) for day in days.values_list("day", flat=True)}


def due(backup: Backup, day: date) -> list[Habit]:
    """Return the habits that are due on a day or were done on it, by name."""
    ticks = HabitDay.objects.of(backup).done().filter(day=day_seconds(day))
    done = set(ticks.values_list("habit_uuid", flat=True))
    mask = weekday_mask(day)
    return [
        habit
        for habit in habits(backup)
        if habit.uuid in done or (habit.goal & mask and day not in skips.of(habit))
    ]


def _row(habit: Habit, done: set[date], clock: WallClock, days: list[date]) -> Row:
    return Row(habit, cells(habit, done, clock.today, days), done, clock.today)


def _ticked(backup: Backup, since: date, of: list[UUID]) -> dict[UUID, set[date]]:
    days = HabitDay.objects.of(backup).done().filter(day__gte=day_seconds(since), habit_uuid__in=of)
    found: dict[UUID, set[date]] = {}
    for habit_uuid, day in days.values_list("habit_uuid", "day"):
        found.setdefault(habit_uuid, set()).add(seconds_day(day))
    return found
