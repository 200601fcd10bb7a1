"""Entries in the words and times of people; `clock` is always the device's `WallClock`."""

from datetime import date, datetime
from datetime import time as clock_time

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backups.agenda import event_days, is_active, is_all_day
from backups.calendars import LAST_MINUTE, WallClock
from backups.models import Event, Task
from planner import formats

register = template.Library()

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


@register.simple_tag
def start_words(event: Event, day: date, clock: WallClock, is_listed: object = False) -> str:
    """Return when an event starts, as 17:00 or 5:00 PM; "" where it began before or fills the day.

    A list tells that as well: "All day", "Until 14:30".
    """
    first, last = event_days(event, clock)
    if first == day and not is_all_day(event, clock):
        return formats.clock(clock.local(event.starttime))
    return _span_of_day(event, clock, day) if is_listed else ""


@register.filter
def clock_words(at: datetime) -> str:
    """Return an hour of a day as the reader writes times."""
    return formats.clock(at)


@register.simple_tag
def due(task: Task, clock: WallClock) -> SafeString:
    """Return when a task is due, exact for readers and machines."""
    return _element(clock.local(task.duedate), due_words(task, clock))


@register.filter
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
    at = clock.local(task.duedate)
    words = day_words(at.date(), clock)
    if at.time().replace(second=0) == LAST_MINUTE:
        return words
    return f"{words} {formats.clock(at)}"


@register.filter
def event_words(event: Event, clock: WallClock) -> str:
    """Return from when to when an event is, with its day: "Fri 16 Oct 12:00 – 13:00"."""
    first, last = event_days(event, clock)
    day = day_words(first, clock)
    if is_all_day(event, clock):
        return day if first == last else f"{day} – {day_words(last, clock)}"
    start, end = (formats.clock(clock.local(at)) for at in (event.starttime, event.endtime))
    if first != last:
        return f"{day} {start} – {day_words(last, clock)} {end}"
    return f"{day} {start} – {end}" if event.duration else f"{day} {start}"


@register.simple_tag
def due_time(task: Task, clock: WallClock) -> SafeString | str:
    """Return a task's time alone, for a list of one day; nothing for a task of the whole day."""
    at = clock.local(task.duedate)
    if at.time().replace(second=0) == LAST_MINUTE:
        return ""
    return _element(at, formats.clock(at))


@register.simple_tag
def span(event: Event, clock: WallClock, day: date | None = None) -> SafeString:
    """Return from when to when an event is: of `day` alone, or the whole of it."""
    whole = _whole_span(event, clock)
    words = whole if day is None else _span_of_day(event, clock, day)
    begins = clock.local(event.starttime).isoformat(timespec="minutes")
    return format_html('<time datetime="{}" title="{}">{}</time>', begins, whole, words)


def _whole_span(event: Event, clock: WallClock) -> str:
    first, last = event_days(event, clock)
    if first == last == clock.today:
        return _span_of_day(event, clock, first)
    return event_words(event, clock)


def _span_of_day(event: Event, clock: WallClock, day: date) -> str:
    first, last = event_days(event, clock)
    if is_all_day(event, clock) or first < day < last:
        return _("All day")
    start, end = (formats.clock(clock.local(at)) for at in (event.starttime, event.endtime))
    if first < day:
        return _("Until %(end)s") % {"end": end}
    if last > day:
        return _("From %(start)s") % {"start": start}
    return f"{start} – {end}" if event.duration else start


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
    """Tell whether an event touches more than one day."""
    first, last = event_days(event, clock)
    return first != last


@register.filter
def phase(event: Event, clock: WallClock) -> str:
    """Return whether an event is over, goes on now, or is ahead."""
    if is_active(event, clock):
        return "now"
    return "ahead" if event.starttime >= clock.now else "over"


@register.filter
def overdue(task: Task, clock: WallClock) -> bool:
    """Tell whether a task should have been done by now."""
    return not task.completion and task.duedate < clock.now


@register.filter
def time_words(time: clock_time) -> str:
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
