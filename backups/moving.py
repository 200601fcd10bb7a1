"""Where an event stands after it was moved by days and minutes on the device's clock. Pure."""

from datetime import date, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from backups import calendars
from backups.calendars import WallClock
from planner.problems import RuleError
from planner.times import FOREVER, midnight, next_midnight


class Lasting(Protocol):
    """What has a start and a length in seconds."""

    starttime: int
    duration: int


def moved(event: Lasting, clock: WallClock, *, days: int, minutes: int) -> int:
    """Return the start of an event that is moved: it stays as long as it is.

    A time that a clock change leaves out is one later. Raises RuleError `invalid` for days that a
    device does not know.
    """
    begins = clock.local(event.starttime).replace(tzinfo=None)
    try:
        wanted = begins + timedelta(days=days, minutes=minutes)
    except OverflowError:
        wanted = begins.replace(year=1)
    is_known = calendars.FIRST_DAY <= wanted.date() <= calendars.LAST_DAY
    start = clock.nearest(wanted.date(), wanted.time()) if is_known else FOREVER
    if start + event.duration > FOREVER:
        raise RuleError("invalid", _("The device knows days from 1970 to 18 January 2038."))
    return start


def moved_days(first: date, last: date, clock: WallClock, days: int) -> tuple[int, int]:
    """Return start and length of whole days that are moved, whatever clocks do on them.

    Raises RuleError `invalid` for days that a device does not know.
    """
    begin, end = calendars.day_after(first, days), calendars.day_after(last, days)
    if begin is None or end is None:
        raise RuleError("invalid", _("The device knows days from 1970 to 18 January 2038."))
    start = max(0, midnight(begin, clock.zone))
    return start, next_midnight(end, clock.zone) - start
