"""Days, weeks and months as pages show them: pure functions; agenda, forms and pages call them."""

from calendar import Calendar, monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from planner.times import local, local_day, midnight, weekday_mask

T = TypeVar("T")
FIRST_YEAR, LAST_YEAR = 1970, 2037
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
LAST_MINUTE = clock_time(23, 59)
"""A task that has a day but no time is due in the last minute of that day."""

UNKNOWN_DAY = gettext_lazy("The device knows days from 1970 to 18 January 2038.")

ONE_DAY = timedelta(days=1)
EVERY_DAY = 0x7F


@dataclass(frozen=True)
class WallClock:
    """What the clock of a device says: the moment in unix seconds, in the device's zone.

    `first_weekday` is the first day of the reader's weeks, as `date.weekday` counts.
    """

    now: int
    zone: ZoneInfo
    first_weekday: int = 0

    @cached_property
    def today(self) -> date:
        return local_day(self.now, self.zone)

    def local(self, seconds: int) -> datetime:
        """Return a moment on the device's clock."""
        return local(seconds, self.zone)

    def day(self, seconds: int) -> date:
        """Return the calendar day of a moment on the device's clock."""
        return local_day(seconds, self.zone)

    def days(self, start: int, duration: int) -> tuple[date, date]:
        """Return the first and the last day that a stretch of seconds touches."""
        return self.day(start), last_day(start, duration, self.zone)

    def fills_days(self, start: int, duration: int) -> bool:
        """Return whether a stretch of seconds begins and ends where days of this clock do."""
        ends = start + duration
        return duration > 0 and all(at == midnight(self.day(at), self.zone) for at in (start, ends))

    def seconds(self, day: date, time: clock_time) -> int | None:
        """Return the moment of a local date and time, or None where a clock change skips it.

        Of a time that comes twice, the first is meant.
        """
        meant = datetime.combine(day, time)
        seconds = int(meant.replace(tzinfo=self.zone).timestamp())
        return seconds if local(seconds, self.zone).replace(tzinfo=None) == meant else None

    def nearest(self, day: date, time: clock_time) -> int:
        """Return the moment of a local date and time; where a clock change skips it, one later.

        Of a time that comes twice the first is meant, or the second while only that is to come. No
        moment is before 1970: east of Greenwich its first day begins before the count does.
        """
        meant = datetime.combine(day, time, self.zone)
        first, second = (int(meant.replace(fold=fold).timestamp()) for fold in (0, 1))
        return max(0, second if first <= self.now < second else first)


def week(day: date, first_weekday: int) -> list[date]:
    """Return the seven days of the week that a day is in."""
    start = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return [start + timedelta(days=number) for number in range(7)]


def month_weeks(year: int, month: int, first_weekday: int) -> list[list[date]]:
    """Return the weeks of a month, filled up with days of its neighbours."""
    return Calendar(first_weekday).monthdatescalendar(year, month)


def nearest_month(year: int, month: int) -> date:
    """Return the first day of a month, or of the nearest one that a device can show."""
    if year < FIRST_YEAR or (year == FIRST_YEAR and month < 1):
        return date(FIRST_YEAR, 1, 1)
    if year > LAST_YEAR or (year == LAST_YEAR and month > 12):
        return date(LAST_YEAR, 12, 1)
    return date(year, min(max(month, 1), 12), 1)


def month_after(month: date, count: int = 1) -> date | None:
    """Return the first day of the month `count` months on, or None outside of 1970 to 2037."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1) if FIRST_YEAR <= years <= LAST_YEAR else None


def nearest_day(text: str, today: date) -> date:
    """Return the day that a text such as "2026-02-30" means: the nearest that can be shown.

    Today where it names none at all.
    """
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 6 for part in parts):
        return today
    year, month, day = map(int, parts)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return FIRST_DAY if year < FIRST_YEAR else LAST_DAY
    first = nearest_month(year, month)
    return first.replace(day=min(max(day, 1), monthrange(first.year, first.month)[1]))


def day_after(day: date, count: int = 1) -> date | None:
    """Return the day `count` days on, or None outside of what can be shown."""
    after = day + timedelta(days=count)
    return after if FIRST_DAY <= after <= LAST_DAY else None


def shown_day(text: str) -> date | None:
    """Return the day that an ISO date names, or None where it names none that can be shown."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY and day.isoformat() == text else None


def last_day(start: int, duration: int, zone: ZoneInfo) -> date:
    """Return the last day an event touches: what ends at midnight does not touch the day begun."""
    return local_day(max(start, start + duration - 1), zone)


def days_touched(first: date, last: date, days: list[date]) -> list[date]:
    """Return those of `days`, which follow one another, that lie between `first` and `last`."""
    begin, end = (first - days[0]).days, (last - days[0]).days + 1
    return days[max(begin, 0) : max(end, 0)]


def by_day(
    items: Iterable[T], span: Callable[[T], tuple[date, date]], days: list[date]
) -> dict[date, list[T]]:
    """Return the items of each day, in their order, those of several days on each of them."""
    found: dict[date, list[T]] = {day: [] for day in days}
    for item in items:
        for day in days_touched(*span(item), days):
            found[day].append(item)
    return found


def habit_state(goal: int, day: date, today: date, *, done: bool, skipped: bool = False) -> str:
    """Return what one day of a habit is: done, extra, due, missed, skipped, off, ahead, …"""
    due = bool(goal & weekday_mask(day))
    if done:
        return "done" if due else "extra"
    if due and not skipped:
        return "ahead" if day > today else "due" if day == today else "missed"
    state = "skipped" if due else "off"
    return f"ahead-{state}" if day > today else state
