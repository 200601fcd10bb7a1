"""Changes in the words of people: what comes back, what changes and how, who did it."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from backups.calendars import WallClock
from backups.forms.habits import WEEKDAY_NAMES
from backups.kinds import FIELD_WORDS
from backups.merge import day_named
from backups.models import Commit, Overruled, Task
from backups.stills import Difference
from backups.templatetags.entries import day_words
from planner import formats
from planner.times import FOREVER, MICRO, SUNDAY_MASK, seconds_day

register = template.Library()

PREVIEW = {
    "back": pgettext_lazy("what a restore does", "comes back"),
    "changes": pgettext_lazy("what a restore does", "changes"),
    "goes": pgettext_lazy("what a restore does", "goes"),
}
HAPPENED = {
    "back": pgettext_lazy("what somebody did", "added"),
    "changes": pgettext_lazy("what somebody did", "changed"),
    "goes": pgettext_lazy("what somebody did", "deleted"),
}
DAYS_TOLD = 3
TEXT_TOLD = 60


@register.filter
def preview_words(one: Difference) -> str:
    """Return what a restore does to an entry: it comes back, changes or goes."""
    return PREVIEW[one.what]


@register.filter
def happened_words(one: Difference) -> str:
    """Return what somebody did to an entry: added, changed or deleted it."""
    return HAPPENED[one.what]


@register.filter
def name_of(one: Difference) -> str:
    """Return the name of the entry, as it is in the end."""
    return (one.then or one.now).values["name"]


@register.simple_tag
def details(one: Difference, clock: WallClock) -> list[str]:
    """Return how an entry changes: "due: Today 14:00 → Today 16:00", "Tue 13 Oct done"."""
    told = [
        f"{FIELD_WORDS[name]}: {value_words(name, now, clock)} → {value_words(name, then, clock)}"
        for name, (now, then) in one.fields.items()
    ]
    days = one.days if one.now and one.then else {}
    told += [_day_told(day, done, clock) for day, done in list(days.items())[:DAYS_TOLD]]
    if (more := len(days) - DAYS_TOLD) > 0:
        told.append(ngettext("%(count)d more day", "%(count)d more days", more) % {"count": more})
    return told


@register.simple_tag
def lost_words(lost: Overruled, clock: WallClock) -> str:
    """Return what was tried: "due: Today 14:00", "Tue 13 Oct done", "deleted"."""
    if lost.field == "deleted":
        return _("deleted")
    if (day := day_named(lost.field)) is not None:
        return _day_told(day, bool(lost.value), clock)
    return f"{FIELD_WORDS[lost.field]}: {value_words(lost.field, lost.value, clock)}"


@register.simple_tag
def lost_at(lost: Overruled, clock: WallClock) -> str:
    """Return when it was tried, by the device's clock."""
    return _moment(lost.stamp // MICRO, clock)


@register.simple_tag
def commit_at(commit: Commit, clock: WallClock) -> str:
    """Return when a commit was made, by the device's clock."""
    return _moment(int(commit.created_at.timestamp()), clock)


@register.simple_tag
def point_at(moment: datetime, clock: WallClock) -> str:
    """Return a moment by the device's clock."""
    return _moment(int(moment.timestamp()), clock)


@register.filter
def doer(commit: Commit) -> str:
    """Return who made a commit: a person, the device, or the server on somebody's behalf."""
    whose = {
        Commit.Source.DEVICE: _("on the device"),
        Commit.Source.RESTORE: _("%(name)s, by a restore"),
        Commit.Source.IMPORT: _("%(name)s, by an import"),
        Commit.Source.SERVER: _("Planner itself"),
    }
    return whose.get(commit.source, "%(name)s") % {"name": commit.by}


def value_words(name: str, value: Any, clock: WallClock) -> str:
    """Return a field's value as people say it."""
    words = {
        "completion": lambda: Task.Completion(value).label,
        "priority": lambda: Task.Priority(value).label,
        "duedate": lambda: _("no date") if value == FOREVER else _moment(value, clock),
        "starttime": lambda: _moment(value, clock),
        "duration": lambda: _length(value),
        "goal": lambda: _weekdays(value),
    }
    return str(words[name]()) if name in words else _quoted(value)


def _moment(seconds: int, clock: WallClock) -> str:
    at = clock.local(seconds)
    return f"{day_words(at.date(), clock)} {formats.clock(at)}"


def _weekdays(goal: int) -> str:
    """Return the names of the days in a mask, Monday first."""
    masks = (SUNDAY_MASK >> (number + 1) % 7 for number in range(7))
    named = zip(masks, WEEKDAY_NAMES, strict=True)
    return " ".join(str(name) for mask, name in named if goal & mask) or _("none")


def _length(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    parts = [_("%(count)d h") % {"count": hours}] if hours else []
    parts += [_("%(count)d min") % {"count": minutes}] if minutes or not hours else []
    return " ".join(parts)


def _quoted(text: str) -> str:
    shown = text if len(text) <= TEXT_TOLD else f"{text[:TEXT_TOLD]}…"
    return _("“%s”") % shown if text else _("empty")


def _day_told(day: int, done: bool, clock: WallClock) -> str:
    words = {"day": day_words(seconds_day(day), clock)}
    return (_("%(day)s done") if done else _("%(day)s not done")) % words
