"""How the reader of a page writes times and dates. Templates of every package call this module.

A style holds for the page being made, as Django's language and time zone do, which are set first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from datetime import time as clock_time
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.utils import dates, timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext_lazy

Given, Made = ParamSpec("Given"), TypeVar("Made")
WEEKDAYS = {"monday": 0, "saturday": 5, "sunday": 6}
"""The first day of a week by its number as `date.weekday` gives it."""


class Style(NamedTuple):
    """What a person chose: 12 or 24 hours, seconds or not, the order of a date, a week's start."""

    hour_format: int = 24
    show_seconds: bool = False
    date_order: str = "DMY"
    week_start: str = "monday"


# The letters are those of Django's filter "date"; a language may put others in their place.
PATTERNS = {
    "DMY": {
        "short": pgettext_lazy("format of a date", "j M"),
        "short-year": pgettext_lazy("format of a date", "j M Y"),
        "long": pgettext_lazy("format of a date", "j F"),
        "long-year": pgettext_lazy("format of a date", "j F Y"),
    },
    "MDY": {
        "short": pgettext_lazy("format of a date", "M j"),
        "short-year": pgettext_lazy("format of a date", "M j, Y"),
        "long": pgettext_lazy("format of a date", "F j"),
        "long-year": pgettext_lazy("format of a date", "F j, Y"),
    },
    "YMD": dict.fromkeys(("short", "short-year", "long", "long-year"), "Y-m-d"),
}
MONTH = pgettext_lazy("format of a date", "F Y")
WEEKDAY = pgettext_lazy("format of a date", "D")
PLAIN = Style()
_style: ContextVar[Style] = ContextVar("style", default=PLAIN)
_made: ContextVar[dict[tuple, Any] | None] = ContextVar("made", default=None)


@contextmanager
def override(style: Style) -> Iterator[None]:
    """Write times and dates in this style within the block."""
    style_before, made_before = _style.set(style), _made.set({})
    try:
        yield
    finally:
        _style.reset(style_before)
        _made.reset(made_before)


def once(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Remember the words of plain values within a block: a long list names few days often."""

    @wraps(make)
    def words(*values: Given.args, **named: Given.kwargs) -> Made:
        made = _made.get()
        if made is None:
            return make(*values, **named)
        key = (make, *values, *named.items())
        if key not in made:
            made[key] = make(*values, **named)
        return made[key]

    return words


def first_weekday() -> int:
    """Return the reader's first day of a week: 0 is Monday, as `date.weekday` counts."""
    return WEEKDAYS[_style.get().week_start]


def date_order() -> str:
    """Return the reader's order of a date: DMY, MDY or YMD."""
    return _style.get().date_order


def clock(at: datetime | clock_time) -> str:
    """Return a time to the minute, as plans are made: "17:05" or "5:05 PM"."""
    return _clock(at.hour, at.minute)


@once
def _clock(hour: int, minute: int) -> str:
    if _style.get().hour_format == 24:
        return f"{hour:02}:{minute:02}"
    return date_format(clock_time(hour, minute), "g:i A")


def exact_clock(at: datetime | clock_time) -> str:
    """Return the time at which something happened, with seconds where the reader likes them."""
    style = _style.get()
    if not style.show_seconds:
        return clock(at)
    return date_format(at, "H:i:s" if style.hour_format == 24 else "g:i:s A")


@once
def written(day: date, kind: str) -> str:
    """Return a day without its weekday.

    `kind` is short ("14 Oct", "Oct 14"), long ("14 October"), or either with `-year`.
    """
    return date_format(day, str(PATTERNS[_style.get().date_order][kind]))


@once
def short_day(day: date, *, year: bool = False) -> str:
    """Return a day with its weekday: "Tue 14 Oct", "Tue Oct 14", "Tue 2026-10-14"."""
    kind = "short-year" if year else "short"
    return f"{date_format(day, str(WEEKDAY))} {written(day, kind)}"


def short_days() -> dict[str, str]:
    """Return how short days are written, by the order of a date: "D j M", "D M j", "D Y-m-d"."""
    return {order: f"{WEEKDAY} {kinds['short']}" for order, kinds in PATTERNS.items()}


@once
def full_day(day: date) -> str:
    """Return a day in full: "Tuesday, 14 October 2026"."""
    return f"{dates.WEEKDAYS[day.weekday()]}, {written(day, 'long-year')}"


def month(day: date) -> str:
    """Return the month that a day is in: "October 2026"."""
    return date_format(day, str(MONTH))


def moment(at: datetime) -> str:
    """Return when something happened, on the reader's clock: "Tue 14 Oct, 17:05".

    The year stands with it when it is not the present one.
    """
    local = timezone.localtime(at)
    year = local.year != timezone.localtime().year
    return f"{short_day(local.date(), year=year)}, {exact_clock(local)}"


def full_moment(at: datetime) -> str:
    """Return when something happened, for a text that is read later: "14 October 2026, 17:05"."""
    local = timezone.localtime(at)
    return f"{written(local.date(), 'long-year')}, {exact_clock(local)}"
