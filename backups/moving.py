"""Where an event stands after it was moved by days and minutes on the device's clock. Pure."""

from datetime import date
from typing import Protocol

from backups import agenda, calendars
from backups.calendars import WallClock
from backups.models import Event
from planner.problems import RuleError
from planner.times import FOREVER, midnight, next_midnight

MINUTE = 60


class Lasting(Protocol):
    """What has a start and a length in seconds."""

    starttime: int
    duration: int


def fields_of(event: Event, clock: WallClock, *, days: int, minutes: int = 0) -> dict[str, int]:
    """Return what is written when an event is moved: whole days stay whole, and have no minutes.

    Raises RuleError `invalid` for days that a device does not know.
    """
    if not agenda.is_all_day(event, clock):
        return {"starttime": moved(event, clock, days=days, minutes=minutes)}
    start, duration = moved_days(*agenda.event_days(event, clock), clock, days)
    return {"starttime": start, "duration": duration}


def moved(event: Lasting, clock: WallClock, *, days: int, minutes: int) -> int:
    """Return the start of an event that is moved: it stays as long as it is.

    Days are those of the clock on the wall, where a time that a clock change leaves out is one
    later; minutes pass as they do. Raises RuleError `invalid` for days that a device does not know.
    """
    start = event.starttime
    if days:
        begins = clock.local(start)
        day = calendars.day_after(begins.date(), days)
        start = FOREVER if day is None else clock.nearest(day, begins.time())
    start += minutes * MINUTE
    if not 0 <= start <= FOREVER - event.duration:
        raise RuleError("invalid", calendars.UNKNOWN_DAY)
    return start


def moved_days(first: date, last: date, clock: WallClock, days: int) -> tuple[int, int]:
    """Return start and length of whole days that are moved, whatever clocks do on them.

    Raises RuleError `invalid` for days that a device does not know.
    """
    begin, end = calendars.day_after(first, days), calendars.day_after(last, days)
    if begin is None or end is None:
        raise RuleError("invalid", calendars.UNKNOWN_DAY)
    start = max(0, midnight(begin, clock.zone))
    return start, next_midnight(end, clock.zone) - start
