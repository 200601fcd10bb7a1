"""Entries in the words and times of people; `clock` is always the device's `WallClock`."""

from datetime import date, datetime
from datetime import time as clock_time
from typing import NamedTuple

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backups.agenda import is_active
from backups.calendars import LAST_MINUTE, WallClock
from backups.models import Event, Task
from planner import formats

register = template.Library()

KIND_NAMES = {
    "task": gettext_lazy("Tasks"),
    "event": gettext_lazy("Events"),
    "habit": gettext_lazy("Habits"),
}
GROUPS = {
    "past": gettext_lazy("Past"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Next 7 days"),
    "later": gettext_lazy("Later"),
    "undated": gettext_lazy("No date"),
    "done": gettext_lazy("Done"),
}
CELLS = {
    "done": gettext_lazy("done"),
    "extra": gettext_lazy("done, though not due"),
    "due": gettext_lazy("due today"),
    "missed": gettext_lazy("due, not done"),
    "skipped": gettext_lazy("skipped"),
    "off": gettext_lazy("not due"),
    "ahead": gettext_lazy("due, still to come"),
    "ahead-off": gettext_lazy("not due"),
    "ahead-skipped": gettext_lazy("skipped"),
}


@register.filter
def group_name(key: str) -> str:
    """Return the heading of a group of tasks."""
    return GROUPS[key]


@register.filter
def cell_words(state: str) -> str:
    """Return what a cell of the habit grid says, for those who do not see its shape."""
    return CELLS[state]


@register.filter
def day_words(day: date, clock: WallClock) -> str:
    """Return a day as people say it: "Today", "Tomorrow", "Tue 14 Oct", with a distant year."""
    return _day_words(day, clock.today)


@formats.once
def _day_words(day: date, today: date) -> str:
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}
    distance = (day - today).days
    return near.get(distance) or formats.short_day(day, year=day.year != today.year)


@register.filter
def excerpt(text: str, length: int) -> str:
    """Return the beginning of a long text, of so many characters with the mark that it goes on."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


class Times(NamedTuple):
    """The days an event touches first and last, its hours in words, and whether those are all."""

    first: date
    last: date
    start: str
    end: str
    is_all_day: bool

    @property
    def hours(self) -> str:
        return f"{self.start} – {self.end}" if self.end else self.start


def _times(event: Event, clock: WallClock) -> Times:
    return _times_between(event.starttime, event.duration, clock)


@formats.once
def _times_between(start: int, duration: int, clock: WallClock) -> Times:
    words = formats.clock(clock.local(start))
    end = formats.clock(clock.local(start + duration)) if duration else ""
    return Times(*clock.days(start, duration), words, end, clock.fills_days(start, duration))


@register.simple_tag
def start_words(event: Event, day: date, clock: WallClock, is_listed: object = False) -> str:
    """Return when an event starts, as 17:00 or 5:00 PM; "" where it began before or fills the day.

    A list tells that as well: "All day", "Until 14:30".
    """
    times = _times(event, clock)
    if times.first == day and not times.is_all_day:
        return times.start
    return _hours_of_day(times, day) if is_listed else ""


@register.simple_tag
def due(task: Task, clock: WallClock) -> SafeString:
    """Return when a task is due, exact for readers and machines."""
    return _due(task.duedate, clock)


@formats.once
def _due(seconds: int, clock: WallClock) -> SafeString:
    return _element(clock.local(seconds), _due_words(seconds, clock))


def in_words(entry: Task | Event | None, clock: WallClock) -> str:
    """Return when and how urgent an entry is, for a message: "Tomorrow 17:00, High"."""
    if isinstance(entry, Event):
        return event_words(entry, clock)
    when = due_words(entry, clock) if entry.has_date else _("no date")
    return (
        when if entry.priority == Task.Priority.LOW else f"{when}, {entry.get_priority_display()}"
    )


@register.filter
def due_words(task: Task, clock: WallClock) -> str:
    """Return when a task is due: "Today", "Tomorrow 17:00"."""
    return _due_words(task.duedate, clock)


def _due_words(seconds: int, clock: WallClock) -> str:
    at = clock.local(seconds)
    words = day_words(at.date(), clock)
    if at.time().replace(second=0) == LAST_MINUTE:
        return words
    return f"{words} {formats.clock(at)}"


@register.filter
def event_words(event: Event, clock: WallClock) -> str:
    """Return from when to when an event is, with its day: "Fri 16 Oct 12:00 – 13:00"."""
    return _event_words(_times(event, clock), clock)


def _event_words(times: Times, clock: WallClock) -> str:
    first, last = day_words(times.first, clock), day_words(times.last, clock)
    if times.is_all_day:
        return first if first == last else f"{first} – {last}"
    if first == last:
        return f"{first} {times.hours}"
    return f"{first} {times.start} – {last} {times.end}"


@register.simple_tag
def due_time(task: Task, clock: WallClock) -> SafeString | str:
    """Return a task's time alone, for a list of one day; nothing for a task of the whole day."""
    return _due_time(task.duedate, clock)


@formats.once
def _due_time(seconds: int, clock: WallClock) -> SafeString | str:
    at = clock.local(seconds)
    if at.time().replace(second=0) == LAST_MINUTE:
        return ""
    return _element(at, formats.clock(at))


@register.simple_tag
def span(event: Event, clock: WallClock, day: date | None = None) -> SafeString:
    """Return from when to when an event is: of `day` alone, or the whole of it."""
    return _span(event.starttime, event.duration, clock, day)


@formats.once
def _span(start: int, duration: int, clock: WallClock, day: date | None) -> SafeString:
    times = _times_between(start, duration, clock)
    is_today = times.first == times.last == clock.today
    whole = _hours_of_day(times, times.first) if is_today else _event_words(times, clock)
    words = whole if day is None else _hours_of_day(times, day)
    begins = clock.local(start).isoformat(timespec="minutes")
    return format_html('<time datetime="{}" title="{}">{}</time>', begins, whole, words)


def _hours_of_day(times: Times, day: date) -> str:
    if times.is_all_day or times.first < day < times.last:
        return _("All day")
    if times.first < day:
        return _("Until %(end)s") % {"end": times.end}
    if times.last > day:
        return _("From %(start)s") % {"start": times.start}
    return times.hours


@register.simple_tag
def coming_words(event: Event, clock: WallClock) -> str:
    """Return when the next event is: "Now, until 14:30", "In 20 minutes", "Tomorrow 19:30"."""
    ends = clock.local(event.endtime)
    if is_active(event, clock):
        day = "" if ends.date() == clock.today else f"{formats.short_day(ends.date())}, "
        return _("Now, until %(end)s") % {"end": f"{day}{formats.clock(ends)}"}
    minutes = (event.starttime - clock.now + 59) // 60
    if minutes < 60:
        return ngettext("In %(count)d minute", "In %(count)d minutes", minutes) % {"count": minutes}
    begins = clock.local(event.starttime)
    if begins.date() == clock.today:
        return _("Next at %(time)s") % {"time": formats.clock(begins)}
    return f"{day_words(begins.date(), clock)} {formats.clock(begins)}"


@register.filter
def several_days(event: Event, clock: WallClock) -> bool:
    """Return whether an event touches more than one day."""
    times = _times(event, clock)
    return times.first != times.last


@register.filter
def phase(event: Event, clock: WallClock) -> str:
    """Return whether an event is over, goes on now, or is ahead."""
    if is_active(event, clock):
        return "now"
    return "ahead" if event.starttime >= clock.now else "over"


@register.filter
def overdue(task: Task, clock: WallClock) -> bool:
    """Return whether a task should have been done by now."""
    return not task.completion and task.duedate < clock.now


@register.filter
def time_words(time: clock_time | datetime) -> str:
    """Return a time of the clock as the reader writes it."""
    return formats.clock(time)


@register.filter
def weekday(day: date) -> str:
    """Return the short name of a day's weekday."""
    return date_format(day, "D")


@register.simple_tag
def screen_clock(at: datetime) -> str:
    """Return the time at the head of a device's screen, with seconds where it shows them."""
    return formats.exact_clock(at)


@register.simple_tag
def screen_time(seconds: int, clock: WallClock) -> str:
    """Return a time on a device's screen."""
    return formats.clock(clock.local(seconds))


@register.simple_tag
def screen_due(seconds: int | None, clock: WallClock) -> str:
    """Return when a task on a device's screen is due; nothing for one without a date."""
    return "" if seconds is None else day_words(clock.day(seconds), clock)


def _element(at: datetime, words: str) -> SafeString:
    exact = f"{formats.full_day(at.date())}, {formats.clock(at)}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="minutes"), exact, words
    )
