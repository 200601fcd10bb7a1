"""Unix seconds, local days and weekday masks: pure functions, used by every package.

The wire and the database hold whole unix seconds; a *day* is the unix time of 00:00 UTC of that
calendar day, as devices write the days of a habit.
"""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = 86_400
FOREVER = 2_147_483_647
"""The greatest time a device can hold; as a task's `duedate` it means: without a date."""

SUNDAY_MASK = 0x40
MICRO = 1_000_000
"""Microseconds in a second."""


def now() -> int:
    """Return the present in unix seconds."""
    return int(time.time())


def microseconds() -> int:
    """Return the present in unix microseconds, the unit of the merge's time stamps."""
    return time.time_ns() // 1_000


def local(seconds: int, zone: ZoneInfo) -> datetime:
    """Return the moment as an aware datetime on the clocks of `zone`."""
    return datetime.fromtimestamp(seconds, zone)


def local_day(seconds: int, zone: ZoneInfo) -> date:
    """Return the calendar day that `zone` has at that moment."""
    return local(seconds, zone).date()


def day_seconds(day: date) -> int:
    """Return the unix time of 00:00 UTC of a calendar day: how devices name a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def seconds_day(seconds: int) -> date:
    """Return the UTC calendar day that a unix time falls on; the inverse of `day_seconds`."""
    return datetime.fromtimestamp(seconds, UTC).date()


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the unix time at which a calendar day begins in `zone`.

    Where a clock change skips 00:00, the day begins at the first moment after the gap; where one
    repeats it, at the first of the two (PEP 495).
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def next_midnight(day: date, zone: ZoneInfo) -> int:
    """Return the unix time at which the day after `day` begins in `zone`."""
    return midnight(day + timedelta(days=1), zone)


def weekday_mask(day: date) -> int:
    """Return the bit of a day's weekday: Sunday 0x40, Monday 0x20, … Saturday 0x01."""
    return SUNDAY_MASK >> (day.isoweekday() % 7)
