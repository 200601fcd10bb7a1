"""What a row or a box shows of an entry: where it leads, its mark, its urgency, its buttons."""

from datetime import date
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups.boxes import EventBox, TaskBox
from backups.models import Entry, Task
from planner import formats

register = template.Library()
ANY = str(UUID(int=0))
BLOCK = SafeString('<span class="block"></span>')


@register.filter
def address(entry: Entry | EventBox | TaskBox) -> str:
    """Return the address of an entry's page."""
    return _address(entry.kind.name).replace(ANY, str(entry.uuid))


@formats.once
def _address(page: str) -> str:
    return reverse(f"backups:{page}", args=[ANY])


@register.filter
def day_address(day: date) -> str:
    """Return the address of a day's page."""
    return _address("calendar_day").replace(ANY, day.isoformat())


@register.filter
def mark(entry: Entry | EventBox | TaskBox) -> SafeString:
    """Return an entry as a mark: a square for an event, a ring for a task."""
    if entry.kind.name == "event":
        return BLOCK
    return _ring(entry.priority, " is-done" if entry.completion else "")


@formats.once
def _ring(priority: int, done: str) -> SafeString:
    return format_html('<span class="ring p{}{}"></span>', priority, done)


@register.filter
def level(task: Task) -> str:
    """Return how urgent a task is, in words."""
    return _level(task.priority)


@formats.once
def _level(priority: int) -> str:
    return str(Task.Priority(priority).label)


@register.filter
def entries_words(count: int) -> str:
    """Return how many entries a day has."""
    return ngettext("%(number)s entry", "%(number)s entries", count) % {"number": count}


@register.filter
def more_words(count: int) -> str:
    """Return how many entries there are besides those that are shown."""
    return _("+%(number)s more") % {"number": count}


@register.filter
def select_words(entry: Entry) -> str:
    """Return what the box that selects an entry is called."""
    return _("Select “%(name)s”") % {"name": entry.name}


@register.filter
def tick_words(task: Task) -> str:
    """Return what the button that marks a task is called."""
    words = _("Mark “%(name)s” as to do") if task.completion else _("Mark “%(name)s” as done")
    return words % {"name": task.name}


@register.filter
def delete_words(entry: Entry) -> str:
    """Return what the button that deletes an entry is called."""
    return _("Delete “%(name)s”") % {"name": entry.name}
