"""How a habit goes: streaks, strength, rates and the map of a year. Pure; pages call it.

All of it speaks of calendar days alone, so that no clock and no zone can move a tick or a streak.
A day that is `skipped` is not due, unless it is done all the same.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import sqrt
from typing import Any

from backups.calendars import EVERY_DAY, ONE_DAY, month_after, week
from planner.times import weekday_mask

NONE: frozenset[date] = frozenset()
HALF_LIFE = 13
"""Due days after which the strength of a daily habit is halved when it is given up."""


@dataclass(frozen=True)
class Rate:
    """How often something was done of how often it was due."""

    done: int = 0
    due: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded to the whole percent; None where nothing was due."""
        return round(100 * self.done / self.due) if self.due else None


@dataclass(frozen=True)
class Month:
    """One month of a habit: how it went, and on how many days more it was done."""

    first: date
    rate: Rate
    extra: int


def streak(goal: int, done: set[date], today: date, skipped: Set[date] = NONE) -> int:
    """Return how many due days in a row are done, up to today or the last due day before it."""
    count = 0
    for day in _due_days_back(goal, done, today, skipped):
        if day in done:
            count += 1
        elif day != today:
            break
    return count


def best_streak(goal: int, done: set[date], today: date, skipped: Set[date] = NONE) -> int:
    """Return how many due days in a row were done at best."""
    best = count = 0
    for day in _due_days_back(goal, done, today, skipped):
        if day in done:
            count += 1
            best = max(best, count)
        elif day != today:
            count = 0
    return best


def strength(goal: int, done: set[date], today: date, skipped: Set[date] = NONE) -> float:
    """Return how strong a habit is, from 0 to 1: its due days, each weighing less the older it is.

    The score of Loop Habit Tracker (iSoron/uhabits, Score.kt), told by due days: 13 of them without
    a tick halve a daily habit's strength, fewer of them, but more days, a rarer one's. Today counts
    once it is done.
    """
    frequency = bin(goal & EVERY_DAY).count("1") / 7
    score = 0.0
    for day in reversed(list(_due_days_back(goal, done, today, skipped))):
        if day == today and day not in done:
            break
        kept = 0.5 ** (1 / (HALF_LIFE * sqrt(frequency)))
        score = score * kept + (day in done) * (1 - kept)
    return score


def rate(goal: int, done: set[date], first: date, last: date, skipped: Set[date] = NONE) -> Rate:
    """Return how often a habit was done on the due days from first to last."""
    excused = skipped - done
    due = [day for day in _days(first, last) if goal & weekday_mask(day) and day not in excused]
    return Rate(sum(day in done for day in due), len(due))


def weekday_rates(
    goal: int, done: set[date], today: date, first_weekday: int, skipped: Set[date] = NONE
) -> list[tuple[date, Rate]]:
    """Return the rate of each weekday of the last year, with a day that has its name."""
    first, last = _span(done, today)
    found = []
    for sample in week(today, first_weekday):
        of_weekday = goal & weekday_mask(sample)
        found.append(
            (sample, rate(of_weekday, done, first, last, skipped) if of_weekday else Rate())
        )
    return found


def months(goal: int, done: set[date], today: date, skipped: Set[date] = NONE) -> list[Month]:
    """Return how the last twelve months went, the newest first."""
    first, last = _span(done, today)
    found = []
    for back in range(12):
        begin = month_after(today.replace(day=1), -back)
        if begin is None:
            break
        end = (begin + timedelta(days=31)).replace(day=1) - ONE_DAY
        of_month = rate(goal, done, max(begin, first), min(end, last), skipped)
        ticked = sum(begin <= day <= end for day in done)
        found.append(Month(begin, of_month, ticked - of_month.done))
    return found


def last_missed(goal: int, done: set[date], today: date, skipped: Set[date]) -> date:
    """Return the last due day that is not done: the likeliest to be skipped. Else today."""
    back = _due_days_back(goal, done, today, skipped)
    return next((day for day in back if day not in done and day != today), today)


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days as stretches from first to last, the last stretch first."""
    found: list[tuple[date, date]] = []
    for day in sorted(days, reverse=True):
        if found and found[-1][0] - day == ONE_DAY:
            found[-1] = (day, found[-1][1])
        else:
            found.append((day, day))
    return found


def year_weeks(today: date, first_weekday: int) -> list[list[date]]:
    """Return the 53 weeks up to the one that today is in."""
    start = week(today, first_weekday)[0] - timedelta(weeks=52)
    return [[start + timedelta(days=7 * row + day) for day in range(7)] for row in range(53)]


def year_map(
    today: date, first_weekday: int, cells: Iterable[Any]
) -> list[tuple[date, list[tuple[int, int, Any]]]]:
    """Return the cells of days by their months, each with its week and its place in the week."""
    start = year_weeks(today, first_weekday)[0][0]
    placed = ((*divmod((cell.day - start).days, 7), cell) for cell in cells)
    by_month = groupby(placed, key=lambda one: one[2].day.replace(day=1))
    return [(month, list(found)) for month, found in by_month]


def _span(done: set[date], today: date) -> tuple[date, date]:
    """Return the days that rates speak of: from the first tick, a year at most, to yesterday.

    Today belongs to it once it is ticked.
    """
    last = today if today in done else today - ONE_DAY
    return max(today - timedelta(days=365), min(done, default=today)), last


def _due_days_back(goal: int, done: set[date], today: date, skipped: Set[date]) -> Iterator[date]:
    """Yield the due days from today back to the first tick."""
    if goal & EVERY_DAY and done:
        excused = skipped - done
        days = (day for day in _days(min(done), today, -1) if goal & weekday_mask(day))
        yield from (day for day in days if day not in excused)


def _days(first: date, last: date, step: int = 1) -> Iterator[date]:
    count = range((last - first).days + 1)
    return (first + number * ONE_DAY for number in (count if step > 0 else reversed(count)))
